// Package vault keeps files in a folder, encrypted at rest with age under a passphrase,
// written atomically and durably, readable by their owner only.
//
// The folder holds identity.age, an age identity (post-quantum hybrid) encrypted with the
// passphrase (scrypt); all other files are encrypted to that identity, so that the slow
// passphrase is needed once a process.
package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/encrypted-compute/encompute/internal/atomicfile"
)

// ErrPassphrase says that a vault does not open with the passphrase given, or that it has
// one and none was given.
var ErrPassphrase = errors.New("wrong passphrase")

const identityFile = "identity.age"

// leftover is the age of a temporary file whose process must have died: a live one is done with it in seconds.
const leftover = time.Hour

// Vault is an open folder. It is safe for concurrent use, also by several processes.
type Vault struct {
	dir      string
	identity *age.HybridIdentity // nil: not encrypted
}

// Open opens the vault in dir, and makes it if there is none yet.
func Open(dir, passphrase string) (*Vault, error) { return open(dir, passphrase, 0) }

// OpenWeakUnsafe is Open with a passphrase that is cheap to guess (scrypt with 2^10 rounds).
// It is for tests.
func OpenWeakUnsafe(dir, passphrase string) (*Vault, error) { return open(dir, passphrase, 10) }

// OpenPlain opens a vault whose files are not encrypted, only readable by their owner. It
// refuses a folder that has a passphrase.
func OpenPlain(dir string) (*Vault, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	if _, err := os.Stat(filepath.Join(dir, identityFile)); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open vault %s: %w: give its passphrase", dir, errors.Join(ErrPassphrase, err))
	}
	return (&Vault{dir: dir}).swept()
}

// swept removes what processes that died were writing, which may be secret.
func (v *Vault) swept() (*Vault, error) {
	if err := atomicfile.Sweep(v.dir, leftover); err != nil {
		return nil, fmt.Errorf("open vault %s: %w", v.dir, err)
	}
	return v, nil
}

func open(dir, passphrase string, workFactor int) (*Vault, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	v := &Vault{dir: dir}
	err := v.unlock(passphrase)
	if errors.Is(err, fs.ErrNotExist) {
		if err = v.initialize(passphrase, workFactor); err == nil || errors.Is(err, fs.ErrExist) {
			err = v.unlock(passphrase) // another process may have been faster
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open vault %s: %w", dir, err)
	}
	return v.swept()
}

func (v *Vault) unlock(passphrase string) error {
	b, err := os.ReadFile(filepath.Join(v.dir, identityFile))
	if err != nil {
		return err
	}
	id, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return err
	}
	text, err := decrypt(b, id)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPassphrase, err)
	}
	v.identity, err = age.ParseHybridIdentity(string(text))
	return err
}

func (v *Vault) initialize(passphrase string, workFactor int) error {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return err
	}
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return err
	}
	if workFactor > 0 {
		to.SetWorkFactor(workFactor)
	}
	b, err := encrypt([]byte(id.String()), to)
	if err != nil {
		return err
	}
	return v.put(identityFile, b, os.Link)
}

// Read returns a file of at most limit bytes, or fs.ErrNotExist.
func (v *Vault) Read(name string, limit int64) ([]byte, error) {
	f, err := os.Open(filepath.Join(v.dir, name))
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	defer f.Close()
	stored := limit
	if v.identity != nil {
		stored += 16<<10 + limit/1024 // age's header, and a tag for each 64 KiB
	}
	b, err := io.ReadAll(io.LimitReader(f, stored+1))
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	if v.identity != nil && int64(len(b)) <= stored {
		if b, err = decrypt(b, v.identity); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("read %s: file is larger than %d bytes", name, limit)
	}
	return b, nil
}

// Write puts a file into place, over one that is there.
func (v *Vault) Write(name string, b []byte) error { return v.store(name, b, os.Rename) }

// Create puts a file into place, or says fs.ErrExist if there is one of that name.
func (v *Vault) Create(name string, b []byte) error { return v.store(name, b, os.Link) }

// Remove removes a file; it is no error if there is none.
func (v *Vault) Remove(name string) error {
	if err := os.Remove(filepath.Join(v.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove: %w", err)
	}
	return nil
}

// Names lists the files of a folder of the vault; none if there is no such folder.
func (v *Vault) Names(folder string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(v.dir, folder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list: %w", err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, nil
}

func (v *Vault) store(name string, b []byte, place func(from, to string) error) error {
	if v.identity != nil {
		var err error
		if b, err = encrypt(b, v.identity.Recipient()); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	if err := v.put(name, b, place); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// put writes a temporary file, places it, and makes both survive a power cut.
func (v *Vault) put(name string, b []byte, place func(from, to string) error) error {
	path := filepath.Join(v.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(v.dir, atomicfile.Pattern) // readable by the owner only
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already if it was renamed
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := place(f.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func encrypt(plain []byte, to age.Recipient) ([]byte, error) {
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func decrypt(b []byte, id age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(b), id)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
