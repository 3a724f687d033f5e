package creator

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/encrypted-compute/encompute/protocol"
)

// RenewConfig is what a creator needs to give a published model another sealing key.
type RenewConfig struct {
	State *State
	Chain Chain
	Host  Host
	Model protocol.Digest
	// Observer is told of each step that ended; it may be nil.
	Observer func(step string, seconds float64, bytes int64)
}

// Renew publishes a model anew under a fresh sealing key. Its manifest is the same but for that key, so that the sealed
// prefixes are, too; it has another id, and the prices that the model has on chain. The old one takes no more jobs; those that
// it took are answered as long as its key is in the state. The same again goes on where it stopped. What workers measured is of
// the old model: it is to be measured again.
func Renew(ctx context.Context, cfg RenewConfig) (Published, error) {
	if cfg.State == nil || cfg.Chain == nil {
		return Published{}, errors.New("renew configuration: state and chain are needed")
	}
	if err := errors.Join(cfg.Host.check(), cfg.Host.verify(ctx)); err != nil {
		return Published{}, err
	}
	p, err := cfg.State.renew(cfg.Chain, cfg.Model)
	if err != nil {
		return Published{}, fmt.Errorf("renew model %s: %w", cfg.Model, err)
	}
	prices := map[uint32]protocol.Amount{}
	for _, c := range p.manifest.Cuts {
		if prices[c.Index], err = cfg.Chain.Price(ctx, cfg.Model, c.Index); err != nil {
			return Published{}, err
		}
	}
	to := publisher{chain: cfg.Chain, host: cfg.Host, observer: cfg.Observer}
	if err := to.publish(ctx, p, prices); err != nil {
		return Published{}, err
	}
	err = to.step("stop the old one", 0, func() error {
		_, active, err := cfg.Chain.Registered(ctx, cfg.Model)
		if err != nil || !active {
			return err
		}
		return cfg.Chain.SetActive(ctx, cfg.Model, false)
	})
	if err != nil {
		return Published{}, fmt.Errorf("stop model %s: %w", cfg.Model, err)
	}
	return Published{p.id, p.manifest}, nil
}

// renew returns the publication that follows a model, made anew if there is none yet.
func (s *State) renew(chain Chain, old protocol.Digest) (p publication, err error) {
	renewals, err := s.Renewals()
	if err != nil {
		return p, err
	}
	if id, ok := renewals[old]; ok {
		return s.publication(id)
	}
	if p.manifest, _, err = s.Manifest(old); err != nil {
		return p, err
	}
	key, err := protocol.NewSealingKey()
	if err != nil {
		return p, err
	}
	private, err := key.Bytes()
	if err != nil {
		return p, err
	}
	p.manifest.SealingKey = key.Public()
	if p.raw, err = protocol.Marshal(p.manifest); err != nil {
		return p, err
	}
	p.id = chain.ModelID(protocol.NewDigest("manifest", p.raw))
	if err := s.copyModel(p.id, old); err != nil {
		return p, err
	}
	for _, f := range []struct {
		name string
		b    []byte
	}{{modelFile(p.id, sealingKeyFile), private}, {modelFile(p.id, "manifest"), p.raw}, {path.Join(renewedFolder, old.String()), []byte(p.id.String())}} {
		if err := s.files.Write(f.name, f.b); err != nil {
			return p, err
		}
	}
	return s.publication(p.id)
}

const renewedFolder = "renewed"

// Renewals tells, of each model that was given another key, which model has that.
func (s *State) Renewals() (map[protocol.Digest]protocol.Digest, error) {
	names, err := s.files.Names(renewedFolder)
	if err != nil {
		return nil, err
	}
	list := make(map[protocol.Digest]protocol.Digest, len(names))
	for _, name := range names {
		old, err := protocol.ParseDigest(name)
		if err != nil {
			continue // no file of ours
		}
		b, err := s.files.Read(path.Join(renewedFolder, name), 1<<10)
		if err != nil {
			return nil, err
		}
		if list[old], err = protocol.ParseDigest(string(b)); err != nil {
			return nil, fmt.Errorf("model after %s: %w", old, err)
		}
	}
	return list, nil
}
