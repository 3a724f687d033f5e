// Package enclave is the worker: the part of the system that runs inside a TEE. It derives
// its keys there, shows evidence to whoever asks, evaluates prefixes on ciphertexts within
// the time limit and signs receipts. It trusts its host with availability only.
package enclave

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"runtime"
	"time"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
)

// Config says for whom a worker works.
type Config struct {
	Host     string           // base URL of the host: http or https
	Operator protocol.Address // account that is paid for receipts
	ChainID  uint64           // chain whose jobs are taken
	Registry protocol.Address // WorkerRegistry that the worker is registered in
	Threads  int              // goroutines of an evaluation; 0 means one for each core
	Memory   int64            // bytes to work in; 0 means all of the machine
	Machine  fhe.Machine      // what predictions are made by; the zero value means to measure it
	Software string           // name and version, as hosts see them
	Log      *slog.Logger     // nil means none; it gets no inputs, keys or weights
}

// Worker is one attested instance.
type Worker struct {
	config      Config
	calibration protocol.Calibration // config.Machine, signed
	tee         Provider
	keys        custody
	host        *url.URL
	blobs       *blobStore
	log         *slog.Logger
	prepare     preparer
	work        *work
	slot        chan struct{} // full while a job uses the processor and prepare
	pauses      pauses
	// evaluate is (*fhe.Evaluator).Evaluate but in tests.
	evaluate func(*fhe.Evaluator, context.Context, *fhe.Keys, []byte, func(int, string)) ([]byte, error)
}

// pauses are the waits between two attempts to open a stream: first, then twice as long
// each time, up to lost or, after a refusal, which is less likely to pass soon, refused.
type pauses struct{ first, lost, refused time.Duration }

// New derives the worker's keys in its TEE, and measures how fast the machine is unless config tells. An error names the
// field of config that is wrong.
func New(ctx context.Context, config Config, tee Provider) (*Worker, error) {
	host, err := parseHost(config.Host)
	switch {
	case err != nil:
		return nil, err
	case config.Operator.IsZero():
		return nil, errors.New("operator is not set: give the account that is to be paid")
	case config.ChainID == 0:
		return nil, errors.New("chain id is not set")
	case config.Registry.IsZero():
		return nil, errors.New("registry is not set: give the address of the WorkerRegistry")
	case config.Threads < 0:
		return nil, fmt.Errorf("threads is %d: want 0 or more", config.Threads)
	}
	if config.Threads == 0 {
		config.Threads = runtime.GOMAXPROCS(0)
	}
	if config.Memory <= 0 {
		config.Memory = MachineMemory()
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	keys, err := deriveCustody(ctx, tee)
	if err != nil {
		return nil, err
	}
	if config.Machine == (fhe.Machine{}) {
		if config.Machine, err = fhe.Calibrate(ctx, config.Threads); err != nil {
			return nil, fmt.Errorf("measure the machine: %w", err)
		}
	}
	machine, err := config.Machine.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("machine: %w", err)
	}
	store := newBlobStore(host)
	return &Worker{
		config:      config,
		calibration: protocol.NewCalibration(keys.receipt, machine),
		tee:         tee,
		keys:        keys,
		host:        host,
		blobs:       store,
		log:         config.Log,
		prepare:     newPreparer(store, keys.sealing, config.Threads, config.Memory),
		work:        newWork(),
		slot:        make(chan struct{}, 1),
		pauses:      pauses{first: time.Second, lost: 30 * time.Second, refused: 5 * time.Minute},
		evaluate:    (*fhe.Evaluator).Evaluate,
	}, nil
}

// CheckHost says what is wrong with a host's base URL.
func CheckHost(base string) error {
	_, err := parseHost(base)
	return err
}

func parseHost(base string) (*url.URL, error) {
	host, err := url.Parse(base)
	switch {
	case err != nil || host.Hostname() == "" || host.Scheme != "http" && host.Scheme != "https":
		return nil, errors.New("host: not an http:// or https:// URL")
	case host.RawQuery != "" || host.Fragment != "" || host.User != nil:
		return nil, errors.New("host: a base URL has no user, query or fragment")
	}
	return host, nil
}

// Binding is what the worker's quotes commit to when a verifier gives nonce.
func (w *Worker) Binding(nonce protocol.Nonce) protocol.Binding {
	return protocol.Binding{
		ChainID:    w.config.ChainID,
		Registry:   w.config.Registry,
		Operator:   w.config.Operator,
		ReceiptKey: w.keys.receipt.PublicKey(),
		SealingKey: w.keys.sealing.Public(),
		Nonce:      nonce,
	}
}

// Evidence returns a quote over the worker's keys and nonce.
func (w *Worker) Evidence(ctx context.Context, nonce protocol.Nonce) (protocol.Evidence, error) {
	binding := w.Binding(nonce)
	e, err := w.tee.Evidence(ctx, binding.ReportData())
	if err != nil {
		return protocol.Evidence{}, fmt.Errorf("%s evidence: %w", w.tee.Name(), err)
	}
	e.Binding, e.ReceiptKeyChain = binding, w.keys.chain
	return e, nil
}

// Run serves the host until ctx ends, which is no error, or the host refuses the worker
// for good, which is a RefusedError. Streams that break are opened again.
func (w *Worker) Run(ctx context.Context) error {
	defer w.blobs.close()
	defer w.work.close()
	w.log.Info("worker starts", "tee", w.tee.Name(), "signer", w.keys.receipt.Address().String(),
		"operator", w.config.Operator.String(), "chainId", w.config.ChainID, "host", w.host.String(), "machine", w.config.Machine, "memoryMB", w.config.Memory>>20)
	for failures := 0; ; failures++ {
		welcomed, err := w.serve(ctx)
		if ctx.Err() != nil {
			w.log.Info("worker ends")
			return nil
		}
		if welcomed {
			failures = 0
		}
		most := w.pauses.lost
		var refused *RefusedError
		if errors.As(err, &refused) {
			if refused.Permanent() {
				return refused
			}
			most = w.pauses.refused
		}
		pause := backoff(failures, w.pauses.first, most)
		w.log.Warn("stream ended", "error", err, "retrySeconds", pause.Seconds())
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// backoff returns the pause after so many failures in a row before: exponential from first
// to most, and of random length in its upper half, so that workers do not come all at once.
func backoff(failures int, first, most time.Duration) time.Duration {
	pause := most
	if failures < 20 {
		pause = min(first<<failures, most)
	}
	var b [8]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	half := uint64(pause/2) + 1
	return pause - time.Duration(binary.BigEndian.Uint64(b[:])%half)
}

// RefusedError says that the host refused the worker.
type RefusedError struct{ protocol.Refused }

// Error implements error.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("host refused the worker (%s): %s: %s", e.Code, e.Detail, e.Remedy)
}

// Permanent reports whether another attempt cannot help: the host serves another chain or
// registry than the worker is configured for, or speaks another version.
func (e *RefusedError) Permanent() bool {
	switch e.Code {
	case "chain", "registry", "version":
		return true
	}
	return false
}
