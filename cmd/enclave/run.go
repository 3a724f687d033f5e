package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strconv"

	"github.com/encrypted-compute/encompute/enclave"
	"github.com/encrypted-compute/encompute/protocol"
)

// software is the name and version that hosts see.
const software = "encompute-enclave/0.1"

// The exit statuses.
const (
	exitOK     = 0
	exitFailed = 1 // the TEE or the host refused, or something broke
	exitMisuse = 2 // the environment or the command line is wrong
)

const usage = `usage: enclave

The worker of Encrypted_Compute. It runs inside a TEE, dials its host and evaluates model
prefixes on encrypted inputs. It takes no arguments; its environment says for whom it works:

  ENCOMPUTE_HOST       base URL of the host, such as https://host.example
  ENCOMPUTE_OPERATOR   account that is paid: 0x and 40 hexadecimal digits
  ENCOMPUTE_CHAIN_ID   chain id of the market
  ENCOMPUTE_REGISTRY   address of the WorkerRegistry on that chain
  ENCOMPUTE_THREADS    goroutines of one evaluation (default: one for each core)
  ENCOMPUTE_TEE        dstack or ego (default dstack)

Logs go to standard error as JSON. Exit status: 0 stopped, 1 failed or refused, 2 misuse.
`

// run is the program; it returns the exit status.
func run(ctx context.Context, args []string, getenv func(string) string, stderr io.Writer) int {
	if len(args) > 0 {
		fmt.Fprint(stderr, usage)
		if len(args) == 1 && (args[0] == "-h" || args[0] == "--help" || args[0] == "help") {
			return exitOK
		}
		return exitMisuse
	}
	config, tee, err := configure(getenv)
	if err != nil {
		fmt.Fprintf(stderr, "enclave: %v\nTry enclave --help.\n", err)
		return exitMisuse
	}
	config.Log = slog.New(slog.NewJSONHandler(stderr, nil))
	if err := enclave.Harden(); err != nil {
		config.Log.Warn("not hardened", "error", err) // the TEE holds without it
	}
	if err := work(ctx, config, tee); err != nil {
		config.Log.Error("worker failed", "error", err)
		return exitFailed
	}
	return exitOK
}

func work(ctx context.Context, config enclave.Config, tee string) (err error) {
	provider, err := enclave.OpenProvider(ctx, tee)
	if err != nil {
		return fmt.Errorf("open TEE %s: %w", tee, err)
	}
	defer func() { err = errors.Join(err, provider.Close()) }()
	config.Memory = enclave.MachineMemory()
	debug.SetMemoryLimit(config.Memory / 10 * 9) // collect garbage harder before the machine kills us
	worker, err := enclave.New(ctx, config, provider)
	if err != nil {
		return err
	}
	return worker.Run(ctx)
}

// configure reads the environment. Its error names every variable that is missing or bad.
func configure(getenv func(string) string) (config enclave.Config, tee string, err error) {
	var problems []error
	read := func(name, fallback, want string, parse func(string) error) {
		value := getenv(name)
		if value == "" {
			value = fallback
		}
		if value == "" {
			problems = append(problems, fmt.Errorf("%s is not set: want %s", name, want))
		} else if err := parse(value); err != nil {
			problems = append(problems, fmt.Errorf("%s is %q: want %s: %w", name, value, want, err))
		}
	}
	config.Software = software
	read("ENCOMPUTE_HOST", "", "the host's base URL, such as https://host.example", func(s string) error {
		config.Host = s
		return enclave.CheckHost(s)
	})
	read("ENCOMPUTE_OPERATOR", "", "the account to be paid", address(&config.Operator))
	read("ENCOMPUTE_REGISTRY", "", "the address of the WorkerRegistry", address(&config.Registry))
	read("ENCOMPUTE_CHAIN_ID", "", "a whole number above zero", func(s string) (err error) {
		config.ChainID, err = strconv.ParseUint(s, 10, 64)
		return zero(err, config.ChainID == 0)
	})
	read("ENCOMPUTE_THREADS", "0", "a whole number from 0 to 1024", func(s string) error {
		n, err := strconv.ParseUint(s, 10, 16)
		if err == nil && n > 1024 {
			err = errors.New("it is too large")
		}
		config.Threads = int(n)
		return err
	})
	read("ENCOMPUTE_TEE", "dstack", "dstack or ego", func(s string) error {
		tee = s
		if s != "dstack" && s != "ego" {
			return errors.New("there is no such TEE")
		}
		return nil
	})
	return config, tee, errors.Join(problems...)
}

func address(a *protocol.Address) func(string) error {
	return func(s string) (err error) {
		*a, err = protocol.ParseAddress(s)
		return zero(err, a.IsZero())
	}
}

func zero(err error, isZero bool) error {
	if err == nil && isZero {
		return errors.New("it is zero")
	}
	return err
}
