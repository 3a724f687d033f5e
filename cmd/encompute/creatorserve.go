package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/encrypted-compute/encompute/cmd/internal/network"
	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/creator/inference"
	"github.com/encrypted-compute/encompute/protocol"
)

type creatorServe struct {
	creatorFlags
	Publication string `placeholder:"FILE" help:"Model that was published elsewhere, such as in a browser, as it was downloaded there; kept in --state from then on. The passphrase opens it, too."`
	runtimeFlags
}

// runtimeFlags say what runs the suffixes.
type runtimeFlags struct {
	Runtime    string `default:"builtin" placeholder:"NAME" help:"What runs the rest of the model: builtin, ort (ONNX Runtime), the http:// address of a server of yours, or exec:COMMAND."`
	ORTLibrary string `name:"ort-library" placeholder:"FILE" help:"Shared library of ONNX Runtime (default $$ENCOMPUTE_ORT_LIBRARY)."`
}

func (r runtimeFlags) openRuntime() (inference.Runtime, error) {
	runtime, err := inference.Open(r.Runtime, firstOf(r.ORTLibrary, os.Getenv("ENCOMPUTE_ORT_LIBRARY")))
	if err != nil {
		return nil, fault{Code: "runtime", Field: "--runtime", Detail: err.Error()}
	}
	return runtime, nil
}

// Help implements kong.HelpProvider.
func (creatorServe) Help() string {
	return `Connects to the host, proves who the creator is, and answers what users release to it; connects again when the
stream breaks. Releases that came while it was away wait at the host. Runs until it is interrupted and then exits
with 0. Events go to standard error; with --json each is one line of JSON on standard output. With every answer stand the
times of the last ones for that model, from decryption to output: the median (p50) and what one in a hundred exceeds (p99).

What comes at the same time is evaluated together. A runtime that breaks down is started again after a while, and its jobs
are tried again, each by itself; after four attempts they fail, and the users get their money back when the deadline passes.
A process of your own gets a batch as a .npy file and answers with JSON; examples/runtime/suffix.py shows how.

  encompute creator serve
  encompute creator serve --publication chest-xray.encompute
  encompute creator serve --runtime ort --ort-library /usr/lib/libonnxruntime.so.1
  encompute creator serve --runtime "exec:python3 suffix.py model.onnx"
  encompute creator serve --state /var/lib/encompute-creator --key-file creator.key --json`
}

// Run serves until ctx ends.
func (c *creatorServe) Run(ctx context.Context, a *app) error {
	runtime, err := c.openRuntime()
	if err != nil {
		return err
	}
	n, chain, err := a.dial(ctx)
	if err != nil {
		return err
	}
	defer chain.Close()
	state, passphrase, err := c.openState(a)
	if err != nil {
		return err
	}
	published, err := c.take(state, passphrase)
	if err != nil {
		return err
	}
	key, err := c.key(a, state)
	if err != nil {
		return err
	}
	if published != nil && published.Creator != key.Address() {
		return fault{
			Code: "key", Field: "--key-file", Detail: fmt.Sprintf("%s was published by %s, the key is of %s", published.Name, published.Creator, key.Address()),
			Remedy: "give the secret key of the account that published it",
		}
	}
	return serve(ctx, a, creator.ServeConfig{
		State: state, Signer: creator.KeySigner{Key: key}, Chain: network.CreatorChain{Client: chain, Key: key},
		Host: hostOf(n), Runtime: runtime,
	})
}

// maxPublication bounds the file of a publication in bytes.
const maxPublication = 2 << 30

// take keeps the publication of --publication in the state, and returns its manifest; nil if there is none.
func (c *creatorServe) take(state *creator.State, passphrase string) (*protocol.Manifest, error) {
	if c.Publication == "" {
		return nil, nil
	}
	b, err := readLimited(c.Publication, "--publication", maxPublication)
	if err != nil {
		return nil, err
	}
	id, err := state.Import(b, passphrase)
	switch {
	case errors.Is(err, creator.ErrPassphrase):
		return nil, fault{Code: "passphrase", Field: "--publication", Detail: err.Error(), Remedy: "download it again with the passphrase of --state, or name another folder there"}
	case errors.Is(err, creator.ErrBundle):
		return nil, fault{Code: "publication", Field: "--publication", Detail: err.Error()}
	case err != nil:
		return nil, err
	}
	m, _, err := state.Manifest(id)
	return &m, err
}

// serve answers users until ctx ends, and shows what happens.
func serve(ctx context.Context, a *app, cfg creator.ServeConfig) error {
	a.printed = a.printed || a.json
	events := &eventPrinter{a: a, json: json.NewEncoder(a.stdout)}
	cfg.Observer = events.print
	return creator.Serve(ctx, cfg)
}

// eventPrinter shows what happens while serving.
type eventPrinter struct {
	a    *app
	mu   sync.Mutex // events come from several goroutines
	json *json.Encoder
}

func (p *eventPrinter) print(e creator.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	why := ""
	if e.Err != nil {
		why = e.Err.Error()
	}
	if p.a.json {
		_ = p.json.Encode(struct { // whoever reads it may have gone; serving goes on
			creator.Event
			Error string `json:"error,omitempty"`
		}{e, why})
		return
	}
	line := string(e.Kind)
	if !e.JobID.IsZero() {
		line += " job " + e.JobID.Short()
	}
	if why != "" {
		line += ": " + why
	}
	if x := e.Suffix; x != nil {
		line += fmt.Sprintf("; %s, p50 %.1f ms, p99 %.1f ms", count(x.Samples, "answer"), 1e3*x.P50.Seconds(), 1e3*x.P99.Seconds())
	}
	p.a.note("%s  %s", time.Now().UTC().Format(time.DateTime), line)
}
