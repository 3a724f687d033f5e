package fhe

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/ring/ringqp"
	"github.com/tuneinsight/lattigo/v5/utils/sampling"
)

// ErrKey marks a secret key that does not belong to the plan.
var ErrKey = errors.New("wrong secret key")

// SecretKey is a user's key for one plan. It is a seed; the ternary polynomial is drawn from it.
type SecretKey struct {
	c    *checkedPlan
	seed [seedBytes]byte
	sk   *rlwe.SecretKey
}

// NewSecretKey draws a key. One key for each job keeps the number of releases under a key at one.
func (p Plan) NewSecretKey() (*SecretKey, error) {
	var seed [seedBytes]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return nil, fmt.Errorf("draw secret key: %w", err)
	}
	return p.secretKey(seed)
}

// MarshalBinary writes the key: a header and 32 secret bytes.
func (k *SecretKey) MarshalBinary() ([]byte, error) {
	if k == nil || k.c == nil {
		return nil, fmt.Errorf("%w: empty", ErrKey)
	}
	return append(k.c.header(magicSecret), k.seed[:]...), nil
}

// ParseSecretKey reads a key of this plan.
func (p Plan) ParseSecretKey(b []byte) (*SecretKey, error) {
	if p.c == nil {
		return nil, fmt.Errorf("%w: empty", ErrPlan)
	}
	if len(b) != headerBytes+seedBytes || string(b[:4]) != magicSecret {
		return nil, fmt.Errorf("%w: not a secret key", ErrKey)
	}
	if [32]byte(b[4:headerBytes]) != p.c.digest {
		return nil, fmt.Errorf("%w: made for another plan", ErrKey)
	}
	return p.secretKey([seedBytes]byte(b[headerBytes:]))
}

// secretKey expands a seed. The plan's digest enters, so that one seed under two plans gives unrelated keys.
func (p Plan) secretKey(seed [seedBytes]byte) (key *SecretKey, err error) {
	if p.c == nil {
		return nil, fmt.Errorf("%w: empty", ErrPlan)
	}
	defer recoverTo(&err, ErrKey)
	params := p.c.params
	expanded := digest("fhe-secret-key", append(p.c.digest[:len(p.c.digest):len(p.c.digest)], seed[:]...))
	prng, err := sampling.NewKeyedPRNG(expanded[:])
	if err != nil {
		return nil, fmt.Errorf("expand secret key: %w", err)
	}
	sampler, err := ring.NewSampler(prng, params.RingQ(), params.Xs(), false)
	if err != nil {
		return nil, fmt.Errorf("expand secret key: %w", err)
	}
	sk := rlwe.NewSecretKey(params)
	sampler.Read(sk.Value.Q)
	qp := params.RingQP().AtLevel(sk.LevelQ(), sk.LevelP())
	if sk.LevelP() >= 0 {
		qp.ExtendBasisSmallNormAndCenter(sk.Value.Q, sk.LevelP(), sk.Value.Q, sk.Value.P)
	}
	qp.NTT(sk.Value, sk.Value)
	qp.MForm(sk.Value, sk.Value)
	return &SecretKey{c: p.c, seed: seed, sk: sk}, nil
}

func (p Plan) owns(k *SecretKey) error {
	if p.c == nil {
		return fmt.Errorf("%w: empty", ErrPlan)
	}
	if k == nil || k.c == nil || k.c.digest != p.c.digest {
		return fmt.Errorf("%w: made for another plan", ErrKey)
	}
	return nil
}

// keySpec is one evaluation key: the relinearisation key (step 0) or a Galois key.
type keySpec struct{ step, level int }

func (c *checkedPlan) keySpecs() []keySpec {
	var list []keySpec
	if l := c.relinLevel(); l >= 0 {
		list = append(list, keySpec{0, l})
	}
	for _, r := range c.rotations() {
		list = append(list, keySpec{r.Step, r.Level})
	}
	return list
}

// keyBytes is the size of one key: a seed and, per digit, the half that is not uniform.
func (c *checkedPlan) keyBytes(s keySpec) int64 {
	digits := c.params.BaseRNSDecompositionVectorSize(s.level, c.params.MaxLevelP())
	return seedBytes + int64(digits)*c.polyBytes(s.level, true)
}

func (c *checkedPlan) keysBytes() int64 {
	if c.keyless() {
		return 0
	}
	n := int64(headerBytes)
	for _, s := range c.keySpecs() {
		n += c.keyBytes(s)
	}
	return n
}

// EvaluationKeys makes the keys the plan needs, each at the highest level it is used at, and writes exactly
// Info.KeysBytes bytes (none for a keyless plan). Uniform halves are sent as public seeds, a fresh one for each key.
// progress, if not nil, is called after each key.
func (p Plan) EvaluationKeys(ctx context.Context, sk *SecretKey, w io.Writer, progress func(done, total int)) error {
	if err := p.owns(sk); err != nil {
		return err
	}
	if p.c.keyless() {
		return nil
	}
	specs := p.c.keySpecs()
	if _, err := w.Write(p.c.header(magicKeys)); err != nil {
		return fmt.Errorf("write evaluation keys: %w", err)
	}
	batch := workers(0)
	for from := 0; from < len(specs); from += batch {
		part := specs[from:min(from+batch, len(specs))]
		made := make([][]byte, len(part))
		err := parallel(ctx, len(part), len(part), func(_, i int) (err error) {
			made[i], err = p.c.makeKey(sk, part[i])
			return err
		})
		if err != nil {
			return fmt.Errorf("make evaluation keys: %w", err)
		}
		for i, b := range made {
			if _, err := w.Write(b); err != nil {
				return fmt.Errorf("write evaluation keys: %w", err)
			}
			if progress != nil {
				progress(from+i+1, len(specs))
			}
		}
	}
	return nil
}

func (c *checkedPlan) makeKey(sk *SecretKey, s keySpec) ([]byte, error) {
	b := make([]byte, seedBytes, c.keyBytes(s))
	if _, err := rand.Read(b); err != nil {
		return nil, err
	}
	prng, err := newSeedStream(b)
	if err != nil {
		return nil, err
	}
	kg := rlwe.NewKeyGenerator(c.params)
	kg.Encryptor = kg.WithPRNG(prng) // for the uniform halves only
	at := rlwe.EvaluationKeyParameters{LevelQ: &s.level}
	var key rlwe.EvaluationKey
	if s.step == 0 {
		key = kg.GenRelinearizationKeyNew(sk.sk, at).EvaluationKey
	} else {
		key = kg.GenGaloisKeyNew(c.params.GaloisElement(s.step), sk.sk, at).EvaluationKey
	}
	for _, digit := range key.Value {
		b = c.appendPoly(b, digit[0][0].Q, c.lit.Q[:s.level+1])
		b = c.appendPoly(b, digit[0][0].P, c.lit.P)
	}
	return b, nil
}

// Keys are a user's evaluation keys, expanded.
type Keys struct {
	c      *checkedPlan
	set    *rlwe.MemEvaluationKeySet
	orders map[uint64][]uint64 // by Galois element: in which order it takes the values of a transform
}

// LoadKeys reads exactly Info.KeysBytes bytes of evaluation keys and demands that nothing follows.
func (e *Evaluator) LoadKeys(r io.Reader) (*Keys, error) {
	c := e.c
	keys := &Keys{c: c, set: rlwe.NewMemEvaluationKeySet(nil), orders: map[uint64][]uint64{}}
	br := bufio.NewReaderSize(r, 1<<16)
	if !c.keyless() {
		if err := c.readHeader(br, magicKeys); err != nil {
			return nil, fmt.Errorf("evaluation keys: %w", err)
		}
		if err := keys.readAll(br, e.threads); err != nil {
			return nil, err
		}
	}
	if _, err := br.ReadByte(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: evaluation keys are longer than %d bytes", ErrBlob, c.keysBytes())
	}
	return keys, nil
}

// readAll reads keys in turn and expands them in parallel.
func (k *Keys) readAll(r io.Reader, threads int) error {
	specs := k.c.keySpecs()
	for from := 0; from < len(specs); from += threads {
		part := specs[from:min(from+threads, len(specs))]
		blobs, expanded := make([][]byte, len(part)), make([]*rlwe.GadgetCiphertext, len(part))
		for i, s := range part {
			blobs[i] = make([]byte, k.c.keyBytes(s))
			if _, err := io.ReadFull(r, blobs[i]); err != nil {
				return fmt.Errorf("evaluation key of rotation %d: %w: %w", s.step, ErrBlob, err)
			}
		}
		err := parallel(context.Background(), threads, len(part), func(_, i int) (err error) {
			if expanded[i], err = k.c.expandKey(blobs[i], part[i]); err != nil {
				return fmt.Errorf("evaluation key of rotation %d: %w", part[i].step, err)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for i, s := range part {
			if err := k.add(s, rlwe.EvaluationKey{GadgetCiphertext: *expanded[i]}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (k *Keys) add(s keySpec, key rlwe.EvaluationKey) (err error) {
	if s.step == 0 {
		k.set.RelinearizationKey = &rlwe.RelinearizationKey{EvaluationKey: key}
		return nil
	}
	r := k.c.params.RingQ()
	el := k.c.params.GaloisElement(s.step)
	k.set.GaloisKeys[el] = &rlwe.GaloisKey{GaloisElement: el, NthRoot: r.NthRoot(), EvaluationKey: key}
	k.orders[el], err = ring.AutomorphismNTTIndex(r.N(), r.NthRoot(), el)
	return err
}

// expandKey reads what makeKey wrote.
func (c *checkedPlan) expandKey(b []byte, s keySpec) (g *rlwe.GadgetCiphertext, err error) {
	defer recoverTo(&err, ErrBlob)
	levelP := c.params.MaxLevelP()
	next, err := c.uniform(b[:seedBytes], s.level, levelP)
	if err != nil {
		return nil, err
	}
	g = rlwe.NewGadgetCiphertext(c.params, 1, s.level, levelP, 0)
	b = b[seedBytes:]
	for _, digit := range g.Value {
		if b, err = c.parsePoly(b, digit[0][0].Q, c.lit.Q[:s.level+1]); err != nil {
			return nil, err
		}
		if b, err = c.parsePoly(b, digit[0][0].P, c.lit.P); err != nil {
			return nil, err
		}
		next(ringqp.Poly{Q: digit[0][1].Q, P: digit[0][1].P})
	}
	return g, nil
}
