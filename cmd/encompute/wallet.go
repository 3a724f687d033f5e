package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"os"
	"strings"

	"github.com/ethereum/go-ethereum/params"

	"github.com/encrypted-compute/encompute/cmd/internal/network"
	"github.com/encrypted-compute/encompute/cmd/internal/token"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

type walletCommands struct {
	New  walletNew  `cmd:"" help:"Make a wallet, encrypted with a passphrase."`
	Show walletShow `cmd:"" help:"Show its address, and what it holds on the network."`

	Withdraw walletWithdraw `cmd:"" help:"Pay the market's credit out to the wallet."`
}

type walletNew struct {
	KeyFile string `placeholder:"FILE" help:"Take the secret key in this file (64 hexadecimal digits, or a keystore with the same passphrase) instead of making one."`
}

// Help implements kong.HelpProvider.
func (walletNew) Help() string {
	return `The key goes into wallet.json in the folder of --home, a scrypt keystore as go-ethereum and most wallets read it.
An existing wallet is never overwritten. Keep a copy and the passphrase: nobody can restore them.

  encompute wallet new
  encompute wallet new --home ~/clinic --passphrase-file ~/clinic.passphrase`
}

// Run makes the wallet.
func (c *walletNew) Run(a *app) error {
	path, err := a.walletPath()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return walletExists(path)
	}
	key, err := c.key(a)
	if err != nil {
		return err
	}
	passphrase, err := a.passphrase(true)
	if err != nil {
		return err
	}
	if err := writeWallet(path, key, passphrase); err != nil {
		return err
	}
	doc := struct {
		Address protocol.Address `json:"address"`
		Path    string           `json:"path"`
	}{key.Address(), path}
	return a.document(doc, func(w io.Writer) {
		fmt.Fprintf(w, "address  %s\nwallet   %s\n", doc.Address, doc.Path)
		fmt.Fprintln(a.stderr, "Send tokens for the fees and a little ETH for gas to this address. Keep a copy of the file and the passphrase.")
	})
}

func (c *walletNew) key(a *app) (protocol.SigningKey, error) {
	if c.KeyFile != "" {
		return a.readKey(c.KeyFile, "--key-file")
	}
	return protocol.NewSigningKey()
}

type walletShow struct{}

// Help implements kong.HelpProvider.
func (walletShow) Help() string {
	return `Needs no passphrase. Without a network file it shows the address only. Amounts are decimal numbers of whole
tokens and ether; credit is what the market owes you (refunds, and fees if you work or create).

  encompute wallet show
  encompute wallet show --json`
}

// holdings is what wallet show prints.
type holdings struct {
	Address protocol.Address `json:"address"`
	Network string           `json:"network,omitempty"`
	ETH     string           `json:"eth,omitempty"`
	Token   *token.Amount    `json:"token,omitempty"`
	Credit  *token.Amount    `json:"credit,omitempty"`
}

// Run shows the wallet.
func (walletShow) Run(ctx context.Context, a *app) error {
	address, err := a.walletAddress()
	if err != nil {
		return err
	}
	h := holdings{Address: address}
	known, err := a.networkExists()
	if err != nil {
		return err
	}
	if !known {
		a.note("There is no network file, so balances are not shown.")
		return a.document(h, h.write)
	}
	n, chain, err := a.dial(ctx)
	if err != nil {
		return err
	}
	defer chain.Close()
	return a.showHoldings(ctx, n, chain, address)
}

type walletWithdraw struct{}

// Help implements kong.HelpProvider.
func (walletWithdraw) Help() string {
	return `Refunds, and the fees of creators and operators, are credit at the market until they are withdrawn.

  encompute wallet withdraw`
}

// Run withdraws.
func (walletWithdraw) Run(ctx context.Context, a *app) error {
	key, err := a.walletKey()
	if err != nil {
		return err
	}
	n, chain, err := a.dial(ctx)
	if err != nil {
		return err
	}
	defer chain.Close()
	if err := chain.Withdraw(ctx, key, key.Address()); err != nil {
		return err
	}
	return a.showHoldings(ctx, n, chain, key.Address())
}

// showHoldings prints what an account holds.
func (a *app) showHoldings(ctx context.Context, n *network.File, chain *contracts.Client, account protocol.Address) error {
	h := holdings{Address: account, Network: n.Name}
	if err := h.ask(ctx, chain); err != nil {
		return err
	}
	return a.document(h, h.write)
}

// ask reads what the wallet holds from the chain.
func (h *holdings) ask(ctx context.Context, chain *contracts.Client) error {
	tokens, err := chain.TokenBalance(ctx, h.Address)
	if err != nil {
		return err
	}
	credit, err := chain.Credit(ctx, h.Address)
	if err != nil {
		return err
	}
	wei, err := chain.EthBalance(ctx, h.Address)
	if err != nil {
		return err
	}
	h.ETH = ether(wei)
	h.Token, h.Credit = (*token.Amount)(&tokens), (*token.Amount)(&credit)
	return nil
}

// ether writes wei as an exact decimal number of ether.
func ether(wei *big.Int) string {
	whole, rest := new(big.Int).DivMod(wei, big.NewInt(params.Ether), new(big.Int))
	if rest.Sign() == 0 {
		return whole.String()
	}
	return whole.String() + "." + strings.TrimRight(fmt.Sprintf("%018d", rest), "0")
}

func (h *holdings) write(w io.Writer) {
	fmt.Fprintf(w, "address  %s\n", h.Address)
	if h.Token != nil {
		fmt.Fprintf(w, "network  %s\ntokens   %s\ncredit   %s\nether    %s\n", h.Network, h.Token, h.Credit, h.ETH)
	}
}

// walletAddress reads the address beside the encrypted key; it needs no passphrase.
func (a *app) walletAddress() (address protocol.Address, err error) {
	path, err := a.walletPath()
	if err != nil {
		return address, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return address, noWallet(path)
	}
	b, err := readSmall(path, path)
	if err != nil {
		return address, err
	}
	var stored struct {
		Address string `json:"address"` // without 0x
	}
	if err = json.Unmarshal(b, &stored); err == nil {
		address, err = protocol.ParseAddress("0x" + strings.TrimPrefix(stored.Address, "0x"))
	}
	if err != nil {
		return address, fault{Code: "wallet", Field: path, Detail: "not a keystore: " + err.Error(), Remedy: "restore the file from a copy"}
	}
	return address, nil
}
