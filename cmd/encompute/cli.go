package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"

	"github.com/alecthomas/kong"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/network"
	"github.com/encrypted-compute/encompute/contracts"
)

// grammar is the command line. Kong reads it, and help is made from it.
type grammar struct {
	globals
	Model   modelCommands   `cmd:"" help:"Find, inspect and try models."`
	Job     jobCommands     `cmd:"" help:"Ask a model about an input that nobody else sees."`
	Wallet  walletCommands  `cmd:"" help:"Make and show the account that pays."`
	Account accountCommands `cmd:"" help:"Take along, and erase, what the host keeps of the account."`
	Attest  attestCommands  `cmd:"" help:"Check what a worker says about itself."`
	Worker  workerCommands  `cmd:"" help:"See who computes."`
	Creator creatorCommands `cmd:"" help:"Sell answers of your model without giving it away."`
	Host    hostCommand     `cmd:"" help:"Run the relay between users, workers and creators."`
	Chain   chainCommands   `cmd:"" help:"Deploy, inspect and run the contracts."`
	Bench   benchCommand    `cmd:"" help:"Measure how fast this machine evaluates encrypted networks."`
	Version versionCommand  `cmd:"" help:"Show the version of this program."`
}

// globals are the flags of every command.
type globals struct {
	Network        string `placeholder:"FILE" help:"Network file: the chain, contracts, host and policy to trust (default $$ENCOMPUTE_NETWORK, else network.json in the folder of --home)."`
	Home           string `placeholder:"DIR" help:"Folder of wallet and jobs (default $$ENCOMPUTE_HOME, else encompute in the user's configuration folder)."`
	PassphraseFile string `placeholder:"FILE" help:"File whose first line is the passphrase of wallet and jobs (default $$ENCOMPUTE_PASSPHRASE, else asked for)."`
	JSON           bool   `name:"json" help:"Print one JSON document on standard output."`
}

const description = `Private inference: a model answers, and nobody sees your input.

You encrypt at home, an attested worker computes on the ciphertext, the model's creator finishes on what you
release, and both are paid from escrow. Begin with:

  encompute wallet new
  encompute model list
  encompute job run --model NAME --cut LAYER --input picture.png

Progress goes to standard error, results to standard output. The exit status is 0 if it worked, 1 if something
was refused or failed, 2 if the command line is wrong or evidence could not be checked.`

// app is what a command runs with.
type app struct {
	globals
	*output
	env   func(string) string
	stdin io.Reader
}

// run is the whole program but for the process around it; it returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) string) int {
	var g grammar
	exited := false
	out := newOutput(stdout, stderr)
	parser, err := kong.New(&g,
		kong.Name("encompute"), kong.Description(description), kong.Writers(stdout, stderr),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 110, NoAppDescFormat: true}),
		kong.Exit(func(int) { exited = true }), kong.Resolvers(&hostSettings{env: env}),
	)
	if err != nil {
		return out.fail(err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if exited { // help was shown
		return exitOK
	}
	out.json = g.JSON || err != nil && slices.Contains(args, "--json")
	if err != nil {
		return out.fail(misuse("", err.Error(), `see "`+commandOf(err)+` --help"`))
	}
	a := &app{globals: g.globals, output: out, env: env, stdin: stdin}
	command.BindTo(ctx, (*context.Context)(nil))
	if err := command.Run(a); err != nil {
		return out.fail(err)
	}
	return exitOK
}

// commandOf returns the command whose line did not parse, as it is typed.
func commandOf(err error) string {
	if p, ok := errors.AsType[*kong.ParseError](err); ok {
		if node := p.Context.Selected(); node != nil {
			return node.FullPath()
		}
	}
	return "encompute"
}

// home returns the folder of wallet, jobs and network file.
func (a *app) home() (string, error) {
	if dir := firstOf(a.Home, a.env("ENCOMPUTE_HOME")); dir != "" {
		return dir, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fault{Code: "home", Field: "--home", Detail: err.Error(), Remedy: "name a folder with --home or $ENCOMPUTE_HOME"}
	}
	return filepath.Join(dir, "encompute"), nil
}

// networkPath returns where the network file is, which need not exist.
func (a *app) networkPath() (string, error) {
	if path := firstOf(a.globals.Network, a.env("ENCOMPUTE_NETWORK")); path != "" {
		return path, nil
	}
	home, err := a.home()
	return filepath.Join(home, "network.json"), err
}

// networkExists reports whether there is a network file: one that was named, or the default.
func (a *app) networkExists() (bool, error) {
	if a.globals.Network != "" || a.env("ENCOMPUTE_NETWORK") != "" {
		return true, nil
	}
	path, err := a.networkPath()
	if err != nil {
		return false, err
	}
	_, err = os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist), nil
}

// network reads the network file.
func (a *app) network() (*network.File, error) {
	path, err := a.networkPath()
	if err != nil {
		return nil, err
	}
	return network.Load(path)
}

// dial reads the network file and connects to its chain; close the client.
func (a *app) dial(ctx context.Context) (*network.File, *contracts.Client, error) {
	n, err := a.network()
	if err != nil {
		return nil, nil, err
	}
	chain, err := n.Dial(ctx)
	if err != nil {
		return nil, nil, fault{
			Code: string(client.CodeChain), Field: "rpc of network " + n.Name, Detail: err.Error(), Remedy: "check the URL in the network file, and that the chain is up",
		}
	}
	return n, chain, nil
}

// readLimited reads a file of at most limit bytes. Errors name field.
func readLimited(path, field string, limit int64) ([]byte, error) {
	const remedy = "name a file that can be read"
	f, err := os.Open(path)
	if err != nil {
		return nil, fault{Code: "file", Field: field, Detail: err.Error(), Remedy: remedy}
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fault{Code: "file", Field: field, Detail: err.Error(), Remedy: remedy}
	}
	if int64(len(b)) > limit {
		return nil, fault{Code: "file", Field: field, Detail: fmt.Sprintf("%s is larger than %d bytes", path, limit), Remedy: "name the right file"}
	}
	return b, nil
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

type versionCommand struct{}

// Run shows the version.
func (versionCommand) Run(a *app) error {
	v := struct {
		Version string `json:"version"`
		Go      string `json:"go"`
	}{"unknown", ""}
	if info, ok := debug.ReadBuildInfo(); ok {
		v.Version, v.Go = info.Main.Version, info.GoVersion
	}
	return a.document(v, func(w io.Writer) { fmt.Fprintf(w, "encompute %s, %s\n", v.Version, v.Go) })
}
