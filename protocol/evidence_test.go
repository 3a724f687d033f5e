package protocol

import (
	"errors"
	"testing"
)

func TestRegistryBinding(t *testing.T) {
	t.Parallel()
	k := testKey(t, 1)
	b := Binding{ChainID: 1337, Registry: Address{1}, Operator: Address{2}, ReceiptKey: k.PublicKey(), SealingKey: []byte{1, 2, 3}}
	if s, err := b.Signer(); err != nil || s != k.Address() {
		t.Fatalf("signer %s, %v", s, err)
	}
	base, err := b.RegistryBinding()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Binding){
		"chain":       func(b *Binding) { b.ChainID++ },
		"registry":    func(b *Binding) { b.Registry[19]++ },
		"operator":    func(b *Binding) { b.Operator[19]++ },
		"receipt key": func(b *Binding) { b.ReceiptKey = testKey(t, 2).PublicKey() },
		"sealing key": func(b *Binding) { b.SealingKey = []byte{1, 2} },
	} {
		c := b
		change(&c)
		if d, err := c.RegistryBinding(); err != nil || d == base {
			t.Errorf("%s is not bound (%v)", name, err)
		}
	}
	b.ReceiptKey = b.ReceiptKey[1:]
	if _, err := b.RegistryBinding(); !errors.Is(err, ErrMalformed) {
		t.Errorf("short receipt key: %v", err)
	}
}
