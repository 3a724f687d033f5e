package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/keystore"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/uuid"
	"golang.org/x/term"

	"github.com/encrypted-compute/encompute/protocol"
)

// maxKeyFileBytes bounds key, wallet and passphrase files.
const maxKeyFileBytes = 16 << 10

// passphrase returns the passphrase of wallet and jobs: from the file, the environment,
// or the person at the terminal, who types a fresh one twice.
func (a *app) passphrase(fresh bool) (string, error) {
	if a.PassphraseFile != "" {
		b, err := readSmall(a.PassphraseFile, "--passphrase-file")
		if err != nil {
			return "", err
		}
		line, _, _ := strings.Cut(string(b), "\n")
		return notEmpty(strings.TrimSuffix(line, "\r"), "--passphrase-file")
	}
	if p := a.env("ENCOMPUTE_PASSPHRASE"); p != "" {
		return p, nil
	}
	in, ok := a.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return "", fault{
			Code: "passphrase", Field: "passphrase", Detail: "not given, and there is no terminal to ask at",
			Remedy: "use --passphrase-file or $ENCOMPUTE_PASSPHRASE",
		}
	}
	p, err := a.ask(in, "Passphrase: ")
	if err != nil || !fresh {
		return p, err
	}
	again, err := a.ask(in, "Again: ")
	if err != nil {
		return "", err
	}
	if p != again {
		return "", fault{Code: "passphrase", Field: "passphrase", Detail: "the two differ", Remedy: "type the same one twice"}
	}
	return p, nil
}

func (a *app) ask(in *os.File, prompt string) (string, error) {
	fmt.Fprint(a.stderr, prompt)
	b, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(a.stderr)
	if err != nil {
		return "", fmt.Errorf("read passphrase: %w", err)
	}
	return notEmpty(string(b), "passphrase")
}

func notEmpty(passphrase, field string) (string, error) {
	if passphrase == "" {
		return "", fault{Code: "passphrase", Field: field, Detail: "the passphrase is empty", Remedy: "choose one of several words"}
	}
	return passphrase, nil
}

// walletPath returns where the wallet of --home is.
func (a *app) walletPath() (string, error) {
	home, err := a.home()
	return filepath.Join(home, "wallet.json"), err
}

// walletKey opens the wallet.
func (a *app) walletKey() (protocol.SigningKey, error) {
	path, err := a.walletPath()
	if err != nil {
		return protocol.SigningKey{}, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return protocol.SigningKey{}, noWallet(path)
	}
	return a.readKey(path, path)
}

// readKey reads a secret key: 64 hexadecimal digits, or a scrypt keystore of go-ethereum
// that the passphrase opens. Errors name field.
func (a *app) readKey(path, field string) (protocol.SigningKey, error) {
	b, err := readSmall(path, field)
	if err != nil {
		return protocol.SigningKey{}, err
	}
	if b = bytes.TrimSpace(b); !bytes.HasPrefix(b, []byte("{")) {
		return parseHexKey(string(b), field)
	}
	passphrase, err := a.passphrase(false)
	if err != nil {
		return protocol.SigningKey{}, err
	}
	key, err := keystore.DecryptKey(b, passphrase)
	switch {
	case errors.Is(err, keystore.ErrDecrypt):
		return protocol.SigningKey{}, fault{Code: "passphrase", Field: field, Detail: "the passphrase is wrong", Remedy: "give the one that the key was made with"}
	case err != nil:
		return protocol.SigningKey{}, fault{Code: "wallet", Field: field, Detail: "not a keystore: " + err.Error(), Remedy: "restore the file from a copy"}
	}
	return protocol.ParseSigningKey(crypto.FromECDSA(key.PrivateKey))
}

// serviceKey is the key of a host or creator: from --key-file, else from the wallet.
func (a *app) serviceKey(keyFile string) (protocol.SigningKey, error) {
	if keyFile != "" {
		return a.readKey(keyFile, "--key-file")
	}
	if path := a.env("ENCOMPUTE_KEY_FILE"); path != "" {
		return a.readKey(path, "$ENCOMPUTE_KEY_FILE")
	}
	return a.walletKey()
}

func parseHexKey(s, field string) (protocol.SigningKey, error) {
	b, err := hex.DecodeString(strings.TrimPrefix(s, "0x"))
	if err != nil || len(b) != 32 {
		// What the file holds is secret, so it is not repeated.
		return protocol.SigningKey{}, fault{Code: "key", Field: field, Detail: "not a secret key", Remedy: "it must be 64 hexadecimal digits or a keystore"}
	}
	return protocol.ParseSigningKey(b)
}

// writeWallet encrypts key with passphrase into a new file; it never replaces one.
func writeWallet(path string, key protocol.SigningKey, passphrase string) error {
	private, err := crypto.ToECDSA(key.Bytes())
	if err != nil {
		return fmt.Errorf("encrypt wallet: %w", err)
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return fmt.Errorf("encrypt wallet: %w", err)
	}
	b, err := keystore.EncryptKey(
		&keystore.Key{Id: id, Address: crypto.PubkeyToAddress(private.PublicKey), PrivateKey: private},
		passphrase, keystore.StandardScryptN, keystore.StandardScryptP)
	if err != nil {
		return fmt.Errorf("encrypt wallet: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write wallet: %w", err)
	}
	// Written whole under another name and then linked, so that no half wallet and no
	// replaced one can come of it.
	f, err := os.CreateTemp(filepath.Dir(path), "wallet-*.tmp")
	if err != nil {
		return fmt.Errorf("write wallet: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Link(f.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) {
		return walletExists(path)
	}
	if err != nil {
		return fmt.Errorf("write wallet: %w", err)
	}
	return nil
}

func noWallet(path string) error {
	return fault{Code: "wallet", Field: path, Detail: "there is no wallet yet", Remedy: `make one with "encompute wallet new"`}
}

func walletExists(path string) error {
	return fault{
		Code: "wallet", Field: path, Detail: "there is a wallet already, and it is never overwritten",
		Remedy: "use it, move it away, or name another folder with --home",
	}
}

// readSmall reads a file that holds a key or a passphrase. Errors name field.
func readSmall(path, field string) ([]byte, error) { return readLimited(path, field, maxKeyFileBytes) }
