package creator

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/protocol"
)

// Files is where a State is kept: a folder (internal/vault), or what stands for one in a browser. Names may hold slashes.
type Files interface {
	// Read returns a file of at most limit bytes, or fs.ErrNotExist.
	Read(name string, limit int64) ([]byte, error)
	// Write puts a file into place, over one that is there.
	Write(name string, b []byte) error
	// Create puts a file into place, or says fs.ErrExist if there is one of that name.
	Create(name string, b []byte) error
	// Names lists the files of a folder; none if there is no such folder.
	Names(folder string) ([]string, error)
}

// State is what a creator keeps: its sealing key, the models that it published with their
// suffixes, and the answers that it gave. In its files:
//
//	sealing-key                 private HPKE key of models to come
//	published/<request>         id of the model that a request for publication led to
//	renewed/<id>                id of the model that has the key after that of a model
//	models/<id>/manifest        canonical bytes
//	models/<id>/sealing-key     private HPKE key, if it is another than the one above
//	models/<id>/model.onnx      the whole model
//	models/<id>/<digest>        a sealed prefix
//	models/<id>/proof-<cut>     what shows workers that records come from whoever sealed the prefix
//	models/<id>/intake-<cut>    what is made of what users hand over at a cut
//	account-key                 secret key of the creator's account, if it came with a bundle
//	answers/<job id>            Delivered, the one answer to a job
//	seen/<host>                 when the host was last heard from
type State struct{ files Files }

// Bounds of the files.
const (
	maxModelBytes  = 2 << 30
	maxAnswerBytes = protocol.MaxMessageBytes
	maxKeyBytes    = 1 << 16
)

const sealingKeyFile = "sealing-key"

// NewState keeps a creator's state in files.
func NewState(files Files) *State { return &State{files} }

// SealingKey returns the key that users seal intermediates to; it is made when first used.
func (s *State) SealingKey() (protocol.SealingKey, error) {
	return s.keyAt(sealingKeyFile, true)
}

// sealingKeyOf returns the key that users of a published model seal intermediates to.
func (s *State) sealingKeyOf(id protocol.Digest) (k protocol.SealingKey, err error) {
	k, err = s.keyAt(modelFile(id, sealingKeyFile), false)
	if errors.Is(err, fs.ErrNotExist) {
		k, err = s.keyAt(sealingKeyFile, false)
	}
	return k, err
}

// keyAt reads a sealing key, and makes it if there is none and it may.
func (s *State) keyAt(name string, make bool) (k protocol.SealingKey, err error) {
	b, err := s.files.Read(name, maxKeyBytes)
	if make && errors.Is(err, fs.ErrNotExist) {
		if err := s.newSealingKey(name); err != nil {
			return k, err
		}
		b, err = s.files.Read(name, maxKeyBytes)
	}
	if err != nil {
		return k, err
	}
	return protocol.ParseSealingKey(b)
}

func (s *State) newSealingKey(name string) error {
	k, err := protocol.NewSealingKey()
	if err != nil {
		return err
	}
	b, err := k.Bytes()
	if err != nil {
		return fmt.Errorf("make sealing key: %w", err)
	}
	if err := s.files.Create(name, b); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil // another process made one
}

// Models returns the ids of the models that were published from this state.
func (s *State) Models() (ids []protocol.Digest, err error) {
	names, err := s.files.Names("models")
	for _, n := range names {
		if id, err := protocol.ParseDigest(n); err == nil {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// Manifest returns the manifest of a published model and its canonical bytes.
func (s *State) Manifest(id protocol.Digest) (m protocol.Manifest, raw []byte, err error) {
	if raw, err = s.files.Read(modelFile(id, "manifest"), protocol.MaxManifestBytes); err != nil {
		return m, nil, err
	}
	m, err = protocol.ParseManifest(raw)
	return m, raw, err
}

// publication is a model ready to be published.
type publication struct {
	id       protocol.Digest
	manifest protocol.Manifest
	raw      []byte                     // canonical bytes of manifest
	prefixes map[protocol.Digest][]byte // sealed, by blob digest
	intakes  map[uint32]intake          // by cut; not read back
	proofs   map[uint32]protocol.Digest // by cut; not read back
}

// save keeps a publication and the model; request leads to it from then on.
func (s *State) save(request protocol.Digest, p publication, onnx []byte) error {
	for d, b := range p.prefixes {
		if err := s.files.Write(modelFile(p.id, d.String()), b); err != nil {
			return err
		}
	}
	for cut, r := range p.intakes {
		b, err := protocol.Marshal(r)
		if err != nil {
			return err
		}
		if err := s.files.Write(modelFile(p.id, intakeFile(cut)), b); err != nil {
			return err
		}
	}
	for cut, d := range p.proofs {
		if err := s.files.Write(modelFile(p.id, proofFile(cut)), d[:]); err != nil {
			return err
		}
	}
	return errors.Join(
		s.files.Write(modelFile(p.id, "model.onnx"), onnx),
		s.files.Write(modelFile(p.id, "manifest"), p.raw),
		s.files.Write(path.Join("published", request.String()), []byte(p.id.String())))
}

// published returns the publication that a request led to before, or fs.ErrNotExist.
func (s *State) published(request protocol.Digest) (p publication, err error) {
	b, err := s.files.Read(path.Join("published", request.String()), 1<<10)
	if err != nil {
		return p, err
	}
	id, err := protocol.ParseDigest(string(b))
	if err != nil {
		return p, err
	}
	return s.publication(id)
}

// publication reads a model that was saved.
func (s *State) publication(id protocol.Digest) (p publication, err error) {
	p.id = id
	if p.manifest, p.raw, err = s.Manifest(id); err != nil {
		return p, err
	}
	p.prefixes = map[protocol.Digest][]byte{}
	for _, c := range p.manifest.Cuts {
		b, err := s.files.Read(modelFile(p.id, c.SealedPrefix.String()), int64(c.SealedPrefixBytes))
		if err != nil {
			return p, err
		}
		p.prefixes[c.SealedPrefix] = b
	}
	return p, nil
}

// proof returns what shows workers that records come from whoever sealed the prefix of a cut, or fs.ErrNotExist.
func (s *State) proof(id protocol.Digest, cut uint32) (d protocol.Digest, err error) {
	b, err := s.files.Read(modelFile(id, proofFile(cut)), int64(len(d)))
	if err == nil && copy(d[:], b) != len(d) {
		err = fmt.Errorf("proof of cut %d has %d bytes, need %d", cut, len(b), len(d))
	}
	return d, err
}

// suffix returns the layers that run on what users hand over at a cut of a published model, and what is made of that
// first.
func (s *State) suffix(id protocol.Digest, cut protocol.Cut) (*model.Graph, intake, error) {
	r := intake{Layer: cut.Layer}
	b, err := s.files.Read(modelFile(id, intakeFile(cut.Index)), protocol.MaxManifestBytes)
	if err == nil {
		err = protocol.Unmarshal(b, &r)
	} else if errors.Is(err, fs.ErrNotExist) {
		err = nil // published before there was anything to make of it
	}
	if err != nil {
		return nil, r, err
	}
	if b, err = s.files.Read(modelFile(id, "model.onnx"), maxModelBytes); err != nil {
		return nil, r, err
	}
	g, err := model.Parse(b)
	if err != nil {
		return nil, r, err
	}
	at, err := g.CutByName(cut.Layer)
	if err != nil {
		return nil, r, err
	}
	if at.Index != 0 && at.Index != int(cut.Index) {
		return nil, r, fmt.Errorf("cut %s is number %d of the kept model, %d in its manifest", cut.Layer, at.Index, cut.Index)
	}
	if at, err = g.CutByName(r.Layer); err != nil {
		return nil, r, err
	}
	_, suffix, err := g.Split(at)
	return suffix, r, err
}

// answer returns the answer that was given to a job, or fs.ErrNotExist.
func (s *State) answer(job protocol.Digest) (d protocol.Delivered, err error) {
	b, err := s.files.Read(path.Join("answers", job.String()), maxAnswerBytes)
	if err != nil {
		return d, err
	}
	return d, protocol.Unmarshal(b, &d)
}

// keep makes d the answer to its job, unless there is one already; it returns the answer.
func (s *State) keep(d protocol.Delivered) (protocol.Delivered, error) {
	b, err := protocol.Marshal(d)
	if err != nil {
		return d, err
	}
	err = s.files.Create(path.Join("answers", d.Delivery.JobID.String()), b)
	if errors.Is(err, fs.ErrExist) {
		return s.answer(d.Delivery.JobID)
	}
	return d, err
}

func modelFile(id protocol.Digest, name string) string { return path.Join("models", id.String(), name) }

func proofFile(cut uint32) string { return fmt.Sprintf("proof-%d", cut) }

func intakeFile(cut uint32) string { return fmt.Sprintf("intake-%d", cut) }
