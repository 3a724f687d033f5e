package client

import "testing"

// An account sees its own models, also those that take no more jobs.
func TestOwnModels(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	own := func(creator bool) []OwnModel {
		c := s.client(t)
		if creator {
			c.Signer = KeySigner{s.creator}
		}
		list, err := c.OwnModels(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if list := own(true); len(list) != 1 || list[0].ID() != s.model || !list[0].Active {
		t.Errorf("own models %+v", list)
	}
	if list := own(false); len(list) != 0 {
		t.Errorf("a user's models %+v", list)
	}
	s.chain.set(func() {
		r := s.chain.models[s.model]
		r.Active = false
		s.chain.models[s.model] = r
	})
	if list := own(true); len(list) != 1 || list[0].Active {
		t.Errorf("stopped models %+v", list)
	}
	s.chain.set(func() {
		r := s.chain.models[s.model]
		r.ManifestHash[0]++
		s.chain.models[s.model] = r
	})
	if list := own(true); len(list) != 0 {
		t.Errorf("a changed manifest passes for the registered one: %+v", list)
	}
}
