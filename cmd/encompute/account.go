package main

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/internal/atomicfile"
	"github.com/encrypted-compute/encompute/protocol"
)

type accountCommands struct {
	Export accountExport `cmd:"" help:"Save all that the host keeps of the account in one archive."`
	Erase  accountErase  `cmd:"" help:"Have the host forget the account's jobs that are over."`
	Logout accountLogout `cmd:"" help:"End the account's sessions at the host."`
}

// account connects as the wallet's account, to ask the host about it.
func (a *app) account(ctx context.Context) (*session, error) {
	if _, err := a.network(); err != nil { // before the slow passphrase
		return nil, err
	}
	key, err := a.walletKey()
	if err != nil {
		return nil, err
	}
	return a.connect(ctx, key, client.NewMemoryStore(), client.Limits{HostPatience: 2 * time.Second})
}

type accountExport struct {
	Out string `required:"" placeholder:"FILE" help:"Archive to write."`
}

// Help implements kong.HelpProvider.
func (accountExport) Help() string {
	return `Writes a tar archive: account.ndjson, in which each line is a JSON document on the account, on a job that it pays for with
all that happened to it, or on a model that it publishes; and under outputs, by their digests, the encrypted outputs that the
host still has. What is sealed in it opens with the jobs that are kept at home, and with nothing else.

  encompute account export --out account.tar`
}

// accountArchive is what account export prints.
type accountArchive struct {
	Account protocol.Address  `json:"account"`
	Host    string            `json:"host"`
	File    string            `json:"file"`
	Bytes   int64             `json:"bytes"`
	Jobs    int               `json:"jobs"`
	Models  int               `json:"models"`
	Outputs int               `json:"outputs"`
	Gone    []protocol.Digest `json:"gone"` // outputs that the host does not have any more
}

// Run writes the archive.
func (c *accountExport) Run(ctx context.Context, a *app) error {
	s, err := a.account(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	doc := accountArchive{Account: s.client.Signer.Address(), Host: s.network.Host, File: c.Out, Gone: []protocol.Digest{}}
	dir := filepath.Dir(c.Out)
	out, err := os.CreateTemp(dir, atomicfile.Pattern) // readable by its owner only
	if err != nil {
		return outFault(err)
	}
	defer os.Remove(out.Name()) // gone already after the rename
	defer out.Close()
	part, err := os.CreateTemp(dir, atomicfile.Pattern)
	if err != nil {
		return outFault(err)
	}
	defer os.Remove(part.Name())
	defer part.Close()
	if err := doc.fill(ctx, s.client, archive{tar.NewWriter(out), part}); err != nil {
		return err
	}
	if doc.Bytes, err = out.Seek(0, io.SeekCurrent); err == nil {
		err = errors.Join(out.Sync(), out.Close())
	}
	if err == nil {
		err = os.Rename(out.Name(), c.Out)
	}
	if err != nil {
		return outFault(err)
	}
	return a.document(doc, func(w io.Writer) {
		fmt.Fprintf(w, "account  %s\nfile     %s, %s\nholds    %s, %s, %s\n", doc.Account, doc.File, size(doc.Bytes),
			count(doc.Jobs, "job"), count(doc.Models, "model"), count(doc.Outputs, "output"))
	})
}

func outFault(err error) error {
	return fault{Code: "file", Field: "--out", Detail: err.Error(), Remedy: "name a file that can be written"}
}

// fill asks the host and fills the archive.
func (d *accountArchive) fill(ctx context.Context, c *client.Client, to archive) error {
	var outputs []protocol.Digest
	known := map[protocol.Digest]bool{}
	err := to.add("account.ndjson", func(w io.Writer) (bool, error) {
		return true, c.Export(ctx, func(line []byte, e protocol.Exported) error {
			switch {
			case e.Job != nil:
				d.Jobs++
				if computed := e.Job.Job.Computed; computed != nil && !known[computed.Receipt.OutputHash] {
					known[computed.Receipt.OutputHash] = true
					outputs = append(outputs, computed.Receipt.OutputHash)
				}
			case e.Model != nil:
				d.Models++
			}
			if _, err := fmt.Fprintf(w, "%s\n", line); err != nil {
				return outFault(err)
			}
			return nil
		})
	})
	for _, digest := range outputs {
		if err != nil {
			return err
		}
		err = to.add("outputs/"+digest.String(), func(w io.Writer) (bool, error) {
			there, err := c.Output(ctx, digest, w)
			if there {
				d.Outputs++
			} else if err == nil {
				d.Gone = append(d.Gone, digest)
			}
			return there, err
		})
	}
	return errors.Join(err, to.Close())
}

// archive is a tar file that is being written, and a file for its next part, whose size must be known before.
type archive struct {
	*tar.Writer
	part *os.File
}

// add adds what write writes, unless it says that there is nothing.
func (a archive) add(name string, write func(io.Writer) (bool, error)) error {
	if _, err := a.part.Seek(0, io.SeekStart); err != nil {
		return outFault(err)
	}
	if there, err := write(a.part); err != nil || !there {
		return err
	}
	n, err := a.part.Seek(0, io.SeekCurrent)
	if err == nil {
		err = a.WriteHeader(&tar.Header{Name: name, Size: n, Mode: 0o600, ModTime: time.Now()})
	}
	if err == nil {
		_, err = io.Copy(a, io.NewSectionReader(a.part, 0, n))
	}
	if err != nil {
		return outFault(err)
	}
	return nil
}

type accountErase struct {
	Yes bool `help:"Erase without asking."`
}

// Help implements kong.HelpProvider.
func (accountErase) Help() string {
	return `The host forgets what is sealed in the account's jobs that are over, their outputs and what happened to them, and ends the
account's sessions. It keeps jobs that go on, and of the others what the chain shows. What is on chain stays there, what this
machine keeps stays here, and published models stay. Save what you want to keep before ("encompute account export").

  encompute account erase
  encompute account erase --yes --json`
}

// Run erases.
func (c *accountErase) Run(ctx context.Context, a *app) error {
	if !c.Yes && !a.canAsk() {
		return misuse("--yes", "there is no terminal to ask at whether to erase", "give --yes to do so without asking")
	}
	s, err := a.account(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	if !c.Yes {
		a.note("The host forgets what is sealed in the jobs of %s that are over. That cannot be undone.", s.client.Signer.Address())
		if err := a.agree(ctx, "Erase? [y/N] ", "nothing was erased"); err != nil {
			return err
		}
	}
	e, err := s.client.Erase(ctx)
	if err != nil {
		return err
	}
	return a.document(e, func(w io.Writer) {
		fmt.Fprintf(w, "erased  %s\n", count(e.Erased, "job"))
		for _, id := range e.Kept {
			fmt.Fprintf(w, "kept    %s, which is not over\n", id)
		}
	})
}

type accountLogout struct {
	Everywhere bool `required:"" help:"Of all machines and browsers: this program keeps no session of its own that could be ended alone."`
}

// Help implements kong.HelpProvider.
func (accountLogout) Help() string {
	return `Whoever has a token of the account, such as a browser that you signed in with, has to sign in again with the wallet.

  encompute account logout --everywhere`
}

// Run ends the sessions.
func (accountLogout) Run(ctx context.Context, a *app) error {
	s, err := a.account(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.client.EndSessions(ctx); err != nil {
		return err
	}
	doc := struct {
		Account protocol.Address `json:"account"`
		Host    string           `json:"host"`
	}{s.client.Signer.Address(), s.network.Host}
	return a.document(doc, func(w io.Writer) { fmt.Fprintf(w, "%s is signed out everywhere at %s\n", doc.Account, doc.Host) })
}
