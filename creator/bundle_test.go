package creator

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/internal/vault"
	"github.com/encrypted-compute/encompute/protocol"
)

const testPassphrase = "correct horse"

func otherState(t *testing.T) *State {
	t.Helper()
	v, err := vault.OpenPlain(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := NewState(v)
	if _, err := s.SealingKey(); err != nil { // that of models of its own
		t.Fatal(err)
	}
	return s
}

// What was published from one state is served from another one, with the key and the account that came along.
func TestServeBundle(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	b, err := s.state(t).Bundle(s.published.id, &s.creator, testPassphrase)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b, s.onnx[:64]) || bytes.Contains(b, s.sealing) {
		t.Error("the bundle shows what is in it")
	}
	to := otherState(t)
	for range 2 {
		id, err := to.Import(b, testPassphrase)
		if err != nil || id != s.published.id {
			t.Fatalf("imported %s: %v", id, err)
		}
	}
	account, err := to.Account()
	if err != nil {
		t.Fatal(err)
	}
	s.cfg.State, s.cfg.Signer = to, KeySigner{account}
	s.start()
	p, _ := s.accept()
	o := s.order(1, nil)
	p.send(protocol.TypeReleased, o.Released)
	s.check(o, receive[protocol.Delivered](p, protocol.TypeDelivered))
}

func TestBundleWithoutAccount(t *testing.T) {
	t.Parallel()
	w := testWorld(t)
	b, err := w.state(t).Bundle(w.published.id, nil, testPassphrase)
	if err != nil {
		t.Fatal(err)
	}
	to := otherState(t)
	if _, err := to.Import(b, testPassphrase); err != nil {
		t.Fatal(err)
	}
	if _, err := to.Account(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an account came along: %v", err)
	}
}

// Whatever does not belong together is refused, and leaves nothing.
func TestImportRefuses(t *testing.T) {
	t.Parallel()
	w := testWorld(t)
	whole, err := w.state(t).Bundle(w.published.id, &w.creator, testPassphrase)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := decrypt(whole, testPassphrase)
	if err != nil {
		t.Fatal(err)
	}
	other, err := protocol.NewSealingKey()
	if err != nil {
		t.Fatal(err)
	}
	otherKey, err := other.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*bundle){
		"version":       func(b *bundle) { b.Version++ },
		"no manifest":   func(b *bundle) { delete(b.Files, "manifest") },
		"no model":      func(b *bundle) { delete(b.Files, "model.onnx") },
		"no key":        func(b *bundle) { delete(b.Files, sealingKeyFile) },
		"other key":     func(b *bundle) { b.Files[sealingKeyFile] = otherKey },
		"other model":   func(b *bundle) { b.Files["model.onnx"] = w.onnx[:len(w.onnx)/2] },
		"other account": func(b *bundle) { b.Account = w.user.Bytes() },
		"no account":    func(b *bundle) { b.Account = []byte{1} },
		"a path":        func(b *bundle) { b.Files["../../sealing-key"] = otherKey },
		"another file":  func(b *bundle) { b.Files["answers"] = nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bundle
			if err := protocol.Unmarshal(plain, &b); err != nil {
				t.Fatal(err)
			}
			b.Files = maps.Clone(b.Files)
			change(&b)
			raw, err := protocol.Marshal(b)
			if err != nil {
				t.Fatal(err)
			}
			sealed, err := encrypt(raw, testPassphrase)
			if err != nil {
				t.Fatal(err)
			}
			wantRefused(t, sealed, testPassphrase, ErrBundle)
		})
	}
	wantRefused(t, whole, "battery staple", ErrPassphrase)
	wantRefused(t, whole[:len(whole)-1], testPassphrase, ErrBundle)
	wantRefused(t, nil, testPassphrase, ErrBundle)
}

func wantRefused(t *testing.T, sealed []byte, passphrase string, want error) {
	t.Helper()
	to := otherState(t)
	if _, err := to.Import(sealed, passphrase); !errors.Is(err, want) {
		t.Errorf("%v, want %v", err, want)
	}
	if ids, err := to.Models(); err != nil || len(ids) > 0 {
		t.Errorf("models %v, %v", ids, err)
	}
}

// A renewed model has the same prefix and another key; the old one takes no more jobs and can still be answered.
func TestRenew(t *testing.T) {
	t.Parallel()
	w := testWorld(t)
	fake, host := newFakeHost(t, w)
	chain := newFakeChain(w)
	cfg := w.publishConfig(w.emptyState(t), host)
	cfg.Chain = chain
	old, err := Publish(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	puts := fake.puts
	renew := RenewConfig{State: cfg.State, Chain: chain, Host: host, Model: old.ModelID}
	p, err := Renew(t.Context(), renew)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Again = true
	if _, err := Publish(t.Context(), cfg); !errors.Is(err, ErrRenewed) || !strings.Contains(err.Error(), p.ModelID.String()) || !chain.stopped[old.ModelID] {
		t.Errorf("what was renewed is published again: %v", err)
	}
	again, err := Renew(t.Context(), renew)
	if err != nil || again.ModelID != p.ModelID {
		t.Errorf("renewed again as %s: %v", again.ModelID, err)
	}
	if p.ModelID == old.ModelID || bytes.Equal(p.Manifest.SealingKey, old.Manifest.SealingKey) {
		t.Error("it is the same")
	}
	cut := p.Manifest.Cuts[0]
	if cut.SealedPrefix != old.Manifest.Cuts[0].SealedPrefix || fake.puts != puts {
		t.Errorf("the prefix was sealed or sent again: %d uploads", fake.puts-puts)
	}
	if chain.prices[p.ModelID][cut.Index] != 400 || !chain.stopped[old.ModelID] || chain.stopped[p.ModelID] {
		t.Errorf("prices %v, stopped %v", chain.prices, chain.stopped)
	}
	for _, m := range []Published{old, p} {
		key, err := cfg.State.sealingKeyOf(m.ModelID)
		if err != nil || !bytes.Equal(key.Public(), m.Manifest.SealingKey) {
			t.Errorf("model %s opens with another key than its own: %v", m.ModelID, err)
		}
		if _, _, err := cfg.State.suffix(m.ModelID, m.Manifest.Cuts[0]); err != nil {
			t.Error(err)
		}
	}
}
