// Command release makes what a release of the attested worker consists of: the image, bit for bit
// the same on every machine, its bill of materials, its licenses, and the account of its code.
// It needs Go and nothing else; `make image` and `make tcb` run it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

const usage = `usage: release COMMAND   (in the root of the repository)

  image [-out DIR]    build the image twice, from two folders, the second time with an empty cache, and
                      compare; write it as an OCI layout that docker load reads, too, with SBOM and digest
                      beside it (default DIR: bin/release)
  rootfs DIR          write the files of the image into DIR; the Dockerfile runs it
  tcb [-size] [-write FILE]
                      show the modules, lines and, with -size, the bytes of the attested binary
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		if errors.Is(err, errMisuse) {
			fmt.Fprint(os.Stderr, usage)
			os.Exit(2)
		}
		os.Exit(1)
	}
}

var errMisuse = errors.New("misuse")

func run(ctx context.Context, args []string, stdout io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("%w: name a command", errMisuse)
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	out := flags.String("out", filepath.Join("bin", "release"), "")
	size := flags.Bool("size", false, "")
	write := flags.String("write", "", "")
	if err := flags.Parse(args[1:]); err != nil {
		return fmt.Errorf("%w: %w", errMisuse, err)
	}
	switch {
	case args[0] == "image" && flags.NArg() == 0:
		return releaseImage(ctx, *out, stdout)
	case args[0] == "rootfs" && flags.NArg() == 1:
		return writeRootfs(ctx, flags.Arg(0))
	case args[0] == "tcb" && flags.NArg() == 0:
		return showTCB(ctx, *size, *write, stdout)
	}
	return fmt.Errorf("%w: cannot read the command line", errMisuse)
}

// releaseImage builds everything twice and writes it if both came out the same.
func releaseImage(ctx context.Context, out string, stdout io.Writer) error {
	files, err := build(ctx, ".", "")
	if err != nil {
		return err
	}
	again, err := buildElsewhere(ctx)
	if err != nil {
		return fmt.Errorf("second build: %w", err)
	}
	image, err := newImage(files)
	if err != nil {
		return err
	}
	other, err := newImage(again)
	if err != nil {
		return err
	}
	if image.digest() != other.digest() {
		return fmt.Errorf("two builds gave two images, %s and %s: something of the machine went into the binary", image.digest(), other.digest())
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := image.write(filepath.Join(out, "image")); err != nil {
		return err
	}
	bill, err := newBill(files.enclave)
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		"enclave.cdx.json": bill, "LICENSES.txt": files.licenses, "digest": []byte(image.digest() + "\n"),
	} {
		if err := os.WriteFile(filepath.Join(out, name), content, 0o644); err != nil {
			return err
		}
	}
	fmt.Fprintf(stdout, "%s\n%d bytes of image, %d of binary; built twice, the same both times; in %s\n",
		image.digest(), image.size(), len(files.enclave), out)
	return nil
}
