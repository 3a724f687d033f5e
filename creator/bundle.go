package creator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"

	"filippo.io/age"

	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/protocol"
)

// Errors of bundles that callers branch on.
var (
	// ErrBundle marks a file that is no bundle, or whose parts do not belong together.
	ErrBundle = errors.New("not a publication to serve: download it again")
	// ErrPassphrase says that a bundle does not open with the passphrase given.
	ErrPassphrase = errors.New("wrong passphrase")
)

// bundle is all that answering the users of one model needs, to be brought from where it was published to where it is
// served.
type bundle struct {
	Version int
	Model   protocol.Digest
	Files   map[string][]byte // of the model's folder in a State
	Account []byte            `cbor:",omitempty"` // secret key of the creator's account; none: the creator has it elsewhere
}

const (
	bundleVersion = 1
	// passphraseCost is the logarithm of scrypt's cost: 64 MiB of memory, which a browser has, too.
	passphraseCost = 16
)

// bundled are the names of the files in a bundle. Sealed prefixes are not among them: workers get them from the host.
var bundled = regexp.MustCompile(`^(manifest|model\.onnx|sealing-key|(proof|intake)-(0|[1-9][0-9]{0,9}))$`)

// Bundle returns a published model with what answers its users, encrypted with a passphrase (age, scrypt): see Import. The
// secret key of the creator's account goes along if it is given.
func (s *State) Bundle(id protocol.Digest, account *protocol.SigningKey, passphrase string) ([]byte, error) {
	b := bundle{Version: bundleVersion, Model: id, Files: map[string][]byte{}}
	names, err := s.files.Names(modelFile(id, ""))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if !bundled.MatchString(name) {
			continue
		}
		if b.Files[name], err = s.files.Read(modelFile(id, name), maxModelBytes); err != nil {
			return nil, err
		}
	}
	key, err := s.sealingKeyOf(id)
	if err != nil {
		return nil, err
	}
	if b.Files[sealingKeyFile], err = key.Bytes(); err != nil {
		return nil, err
	}
	if account != nil {
		b.Account = account.Bytes()
	}
	if err := b.check(); err != nil {
		return nil, fmt.Errorf("model %s: %w", id, err)
	}
	plain, err := protocol.Marshal(b)
	if err != nil {
		return nil, err
	}
	return encrypt(plain, passphrase)
}

// Import takes a bundle into the state, so that Serve answers the users of its model. The same one again is no error. An
// account that came with it is kept: see Account. Errors wrap ErrBundle or ErrPassphrase, or are those of the files.
func (s *State) Import(sealed []byte, passphrase string) (id protocol.Digest, err error) {
	plain, err := decrypt(sealed, passphrase)
	if err != nil {
		return id, err
	}
	var b bundle
	if err := protocol.Unmarshal(plain, &b); err != nil {
		return id, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	if err := b.check(); err != nil {
		return id, err
	}
	// The manifest comes last: whoever sees it finds the rest.
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(b.Files))) {
		if name == "manifest" {
			continue
		}
		if err := s.files.Write(modelFile(b.Model, name), b.Files[name]); err != nil {
			return id, err
		}
	}
	if len(b.Account) > 0 {
		if err := s.files.Write(accountFile, b.Account); err != nil {
			return id, err
		}
	}
	return b.Model, s.files.Write(modelFile(b.Model, "manifest"), b.Files["manifest"])
}

// Account returns the key of the creator's account that came with a bundle, or fs.ErrNotExist.
func (s *State) Account() (protocol.SigningKey, error) {
	b, err := s.files.Read(accountFile, maxKeyBytes)
	if err != nil {
		return protocol.SigningKey{}, err
	}
	return protocol.ParseSigningKey(b)
}

const accountFile = "account-key"

// check refuses a bundle that could not answer users.
func (b bundle) check() error {
	for name := range b.Files {
		if !bundled.MatchString(name) {
			return fmt.Errorf("%w: there is a file %.80q in it", ErrBundle, name)
		}
	}
	manifest, err := protocol.ParseManifest(b.Files["manifest"])
	if err != nil {
		return fmt.Errorf("%w: manifest: %w", ErrBundle, err)
	}
	key, err := protocol.ParseSealingKey(b.Files[sealingKeyFile])
	if err != nil {
		return fmt.Errorf("%w: sealing key: %w", ErrBundle, err)
	}
	g, err := model.Parse(b.Files["model.onnx"])
	if err != nil {
		return fmt.Errorf("%w: model: %w", ErrBundle, err)
	}
	for _, c := range manifest.Cuts {
		if at, err := g.CutByName(c.Layer); err != nil || at.Index != 0 && at.Index != int(c.Index) {
			return fmt.Errorf("%w: the model in it has no cut %d after %.80q", ErrBundle, c.Index, c.Layer)
		}
	}
	switch {
	case b.Version != bundleVersion:
		return fmt.Errorf("%w: version %d, this program reads %d", ErrBundle, b.Version, bundleVersion)
	case !bytes.Equal(key.Public(), manifest.SealingKey):
		return fmt.Errorf("%w: the sealing key is not the manifest's", ErrBundle)
	case len(b.Account) == 0:
		return nil
	}
	account, err := protocol.ParseSigningKey(b.Account)
	if err == nil && account.Address() != manifest.Creator {
		err = fmt.Errorf("it is the key of %s, the model is %s's", account.Address(), manifest.Creator)
	}
	if err != nil {
		return fmt.Errorf("%w: account: %w", ErrBundle, err)
	}
	return nil
}

func encrypt(plain []byte, passphrase string) ([]byte, error) {
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, fmt.Errorf("passphrase: %w", err)
	}
	to.SetWorkFactor(passphraseCost)
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(plain)
	err = errors.Join(err, w.Close()) // only now it is whole
	return b.Bytes(), err
}

func decrypt(sealed []byte, passphrase string) ([]byte, error) {
	by, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, fmt.Errorf("passphrase: %w", err)
	}
	by.SetMaxWorkFactor(passphraseCost) // a file must not say how long it keeps whoever opens it
	r, err := age.Decrypt(bytes.NewReader(sealed), by)
	if _, wrong := errors.AsType[*age.NoIdentityMatchError](err); wrong {
		return nil, ErrPassphrase
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	return plain, nil
}

// copyModel gives a model the files of another one but its manifest and sealing key.
func (s *State) copyModel(to, from protocol.Digest) error {
	names, err := s.files.Names(modelFile(from, ""))
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return fmt.Errorf("model %s: %w", from, fs.ErrNotExist)
	}
	for _, name := range names {
		if name == "manifest" || name == sealingKeyFile {
			continue
		}
		b, err := s.files.Read(modelFile(from, name), maxModelBytes)
		if err != nil {
			return err
		}
		if err := s.files.Write(modelFile(to, name), b); err != nil {
			return err
		}
	}
	return nil
}
