package creator

import (
	"encoding/json"
	"testing"

	"github.com/encrypted-compute/encompute/internal/vault"
	"github.com/encrypted-compute/encompute/protocol"
)

// FuzzReleased brings a creator hostile releases: none is answered with a result, since
// none is signed by the user that it names.
func FuzzReleased(f *testing.F) {
	w := testWorld(f)
	v, err := vault.OpenPlain(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	state := NewState(v)
	if err := state.save(protocol.Digest{1}, w.published, w.onnx); err != nil {
		f.Fatal(err)
	}
	s, err := newServer(ServeConfig{
		State: state, Signer: KeySigner{w.creator}, Chain: newFakeChain(w), Host: Host{Address: "http://localhost", Network: w.network},
	})
	if err != nil {
		f.Fatal(err)
	}
	cut := w.published.manifest.Cuts[0]
	r := protocol.Released{Seq: 1, Spec: protocol.JobSpec{
		User: w.user.Address(), Creator: w.creator.Address(), ModelID: w.published.id,
		ManifestHash: protocol.NewDigest("manifest", w.published.raw), PrefixHash: cut.PrefixHash, Cut: cut.Index,
	}}
	r.Receipt = protocol.Receipt{JobID: w.domain.JobID(r.Spec), PrefixHash: cut.PrefixHash}
	r.Release.Release = protocol.Release{JobID: r.Receipt.JobID, ReleaseHash: protocol.BlobDigest(nil)}
	for range 2 {
		b, err := json.Marshal(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		r.Release.Signature = w.creator.SignDigest(w.domain.ReleaseDigest(r.Release.Release))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m := protocol.Message{Type: protocol.TypeReleased, Body: b}
		r, err := protocol.DecodeBody[protocol.Released](m)
		if err != nil {
			return
		}
		if d, err := s.answer(t.Context(), r); err == nil {
			t.Errorf("answered with %+v", d)
		}
	})
}
