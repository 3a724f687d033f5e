package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/protocol"
)

type creatorExport struct {
	creatorFlags
	Model   string `arg:"" placeholder:"MODEL" help:"Model that was published from --state, by id or name."`
	Out     string `required:"" placeholder:"FILE" help:"File to write."`
	WithKey bool   `help:"Put the secret key of the creator's account into it, too."`
}

// Help implements kong.HelpProvider.
func (creatorExport) Help() string {
	return `Writes all that answering the users of a model needs into one file, encrypted with the passphrase: the model, its sealing
key, and what is made of what users hand over. Another machine serves it:

  encompute creator export chest-xray --out chest-xray.encompute
  encompute creator serve --publication chest-xray.encompute --key-file creator.key`
}

// exported is what creator export prints.
type exported struct {
	ModelID protocol.Digest  `json:"modelId"`
	Name    string           `json:"name"`
	Creator protocol.Address `json:"creator"`
	File    string           `json:"file"`
	WithKey bool             `json:"withKey"`
}

// Run writes the file.
func (c *creatorExport) Run(_ context.Context, a *app) error {
	state, passphrase, err := c.openState(a)
	if err != nil {
		return err
	}
	doc, err := findKept(state, c.Model)
	if err != nil {
		return err
	}
	var account *protocol.SigningKey
	if c.WithKey {
		key, err := c.key(a, state)
		if err != nil {
			return err
		}
		account = &key
	}
	b, err := state.Bundle(doc.ModelID, account, passphrase)
	if errors.Is(err, creator.ErrBundle) {
		return fault{Code: "key", Field: "--key-file", Detail: err.Error(), Remedy: "give the secret key of " + doc.Creator.String()}
	}
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.Out, b, 0o600); err != nil {
		return fault{Code: "file", Field: "--out", Detail: err.Error(), Remedy: "name a file that can be written"}
	}
	doc.File, doc.WithKey = c.Out, c.WithKey
	return a.document(doc, func(w io.Writer) {
		fmt.Fprintf(w, "model    %s\nid       %s\ncreator  %s\nfile     %s\n", doc.Name, doc.ModelID, doc.Creator, doc.File)
	})
}

// findKept finds a model of a state by id or name.
func findKept(state *creator.State, wanted string) (doc exported, err error) {
	ids, err := state.Models()
	if err != nil {
		return doc, err
	}
	var found []exported
	for _, id := range ids {
		m, _, err := state.Manifest(id)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was being published when something broke
		}
		if err != nil {
			return doc, err
		}
		if id.String() == wanted || m.Name == wanted {
			found = append(found, exported{ModelID: id, Name: m.Name, Creator: m.Creator})
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return doc, fault{Code: "unknown-model", Field: "model", Detail: fmt.Sprintf("no model %q was published from this state", wanted), Remedy: "name the folder with --state"}
	}
	return doc, fault{Code: "unknown-model", Field: "model", Detail: fmt.Sprintf("%d models are called %q", len(found), wanted), Remedy: "name one by its id"}
}
