// Command devnet runs a whole network on one machine: an in-process chain, a simulated
// CVM, and host, worker and creator as processes of their own.
//
//	devnet demo [--input picture.png] [--cut layer] [--json] [--keep]
//	devnet up
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

const usage = `usage:
  devnet demo   diagnose an encrypted chest X-ray, end to end, then try to cheat
  devnet up     start the network, publish the example model, and wait for Ctrl-C

flags of demo:
  --input FILE  a picture to diagnose instead of the synthetic X-ray
  --cut LAYER   the layer after which the model is cut (default gap, the deepest one)
  --json        print one JSON document on standard output
  --keep        leave the network running until Ctrl-C and print its addresses
  --image NAME  run the worker from this image of the Docker engine, as a CVM would

flags of up:
  --cut LAYER, --image NAME   as above

The exit status is 0 if everything held, 1 if not, 2 if the command line is wrong.
`

// The exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitMisuse = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return exitMisuse
	}
	var o demoOptions
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, usage) }
	flags.StringVar(&o.Cut, "cut", "gap", "")
	flags.StringVar(&o.Image, "image", "", "")
	var asJSON, keep bool
	switch args[0] {
	case "demo":
		flags.StringVar(&o.Input, "input", "", "")
		flags.BoolVar(&asJSON, "json", false, "")
		flags.BoolVar(&keep, "keep", false, "")
	case "up":
	case "help", "-h", "--help":
		fmt.Fprint(stdout, usage)
		return exitOK
	default:
		fmt.Fprintf(stderr, "devnet: there is no command %q\n%s", args[0], usage)
		return exitMisuse
	}
	if err := flags.Parse(args[1:]); errors.Is(err, flag.ErrHelp) {
		return exitOK
	} else if err != nil || flags.NArg() > 0 {
		if flags.NArg() > 0 {
			fmt.Fprintf(stderr, "devnet: what is %q?\n%s", flags.Arg(0), usage)
		}
		return exitMisuse
	}
	if args[0] == "up" {
		return up(ctx, o, stdout, stderr)
	}
	return demonstrate(ctx, o, asJSON, keep, stdout, stderr)
}

func demonstrate(ctx context.Context, o demoOptions, asJSON, keep bool, stdout, stderr io.Writer) int {
	dir, err := networkDir()
	if err != nil {
		fmt.Fprintln(stderr, "devnet:", err)
		return exitFailed
	}
	defer os.RemoveAll(dir)
	text := stdout
	if asJSON {
		text = nil
	}
	d, err := runDemo(ctx, dir, o, text)
	if err == nil && keep {
		d.report.URLs, err = d.welcome(ctx)
	}
	if d.net != nil {
		defer func() {
			if err := d.net.Close(); err != nil && ctx.Err() == nil {
				fmt.Fprintln(stderr, "devnet: stop:", err)
			}
		}()
	}
	if asJSON {
		if err := d.report.writeJSON(stdout); err != nil {
			fmt.Fprintln(stderr, "devnet:", err)
			return exitFailed
		}
	}
	if err != nil {
		fmt.Fprintln(stderr, "devnet:", err)
		return exitFailed
	}
	if keep {
		d.say.urls(d.report.URLs)
		<-ctx.Done()
	}
	return exitOK
}

// welcome makes a wallet with the user's tokens and tells how to use the running network.
func (d *demo) welcome(ctx context.Context) (*urls, error) {
	env, err := d.net.MakeWallet(ctx, "user", d.net.Accounts.User)
	return &urls{Host: d.net.File.Host, RPC: d.net.File.RPC, Network: d.net.Path(), Program: d.net.Program(), Environment: env}, err
}

// up starts a network and waits.
func up(ctx context.Context, o demoOptions, stdout, stderr io.Writer) int {
	dir, err := networkDir()
	if err != nil {
		fmt.Fprintln(stderr, "devnet:", err)
		return exitFailed
	}
	defer os.RemoveAll(dir)
	d := newDemo(o, stdout)
	err = d.prepare(dir)
	if err == nil {
		err = d.start(ctx, dir)
	}
	if d.net != nil {
		defer d.net.Close() // what it was asked to do; nothing is left to tell
	}
	if err != nil {
		fmt.Fprintln(stderr, "devnet:", err)
		return exitFailed
	}
	u, err := d.welcome(ctx)
	if err != nil {
		fmt.Fprintln(stderr, "devnet:", err)
		return exitFailed
	}
	d.say.urls(u)
	<-ctx.Done()
	return exitOK
}
