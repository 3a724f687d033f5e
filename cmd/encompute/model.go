package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/token"
	"github.com/encrypted-compute/encompute/protocol"
)

type modelCommands struct {
	List    modelList    `cmd:"" help:"List the models that the host publishes and the chain confirms."`
	Check   modelCheck   `cmd:"" help:"Show what is understood of a model file, and all that is not."`
	Inspect modelInspect `cmd:"" help:"Show layers and cuts: what can be encrypted, why not, and what it costs."`
	Run     modelRun     `cmd:"" help:"Evaluate a model file in plaintext, on this machine."`
	Leakage modelLeakage `cmd:"" help:"Measure what a release at a cut tells about the input, and what hiding it costs."`
	Advise  modelAdvise  `cmd:"" help:"Find the cut and the release that tell least at little loss."`
	Try     modelTry     `cmd:"" help:"Evaluate a model file encrypted, on this machine: how exact, how fast, how large."`
	Suffix  modelSuffix  `cmd:"" help:"Write what follows a cut as an ONNX file."`
}

type modelList struct{}

// Help implements kong.HelpProvider.
func (modelList) Help() string {
	return `The host's word is not taken: each manifest is compared with the hash that its creator registered on chain, and
prices are the chain's. Models that differ are not listed but named on standard error.

  encompute model list
  encompute model list --json`
}

// modelEntry is a model of the catalogue.
type modelEntry struct {
	ModelID     protocol.Digest  `json:"modelId"`
	Name        string           `json:"name"`
	Description string           `json:"description"`
	Creator     protocol.Address `json:"creator"`
	Ready       bool             `json:"ready"`  // the host has all sealed prefixes
	Online      bool             `json:"online"` // the creator is connected
	Cuts        []cutEntry       `json:"cuts"`
}

// cutEntry is a cut that is offered.
type cutEntry struct {
	Index uint32       `json:"index"`
	Layer string       `json:"layer"`
	Price token.Amount `json:"price"` // of the creator, by the chain; 0: not offered now
}

// Run lists the models.
func (modelList) Run(ctx context.Context, a *app) error {
	s, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	listing, err := s.client.Models(ctx)
	if err != nil {
		return err
	}
	doc := struct {
		Models  []modelEntry              `json:"models"`
		Refused map[protocol.Digest]fault `json:"refused,omitempty"`
	}{Models: []modelEntry{}, Refused: map[protocol.Digest]fault{}}
	for _, m := range listing.Models {
		e, err := s.entry(ctx, m)
		if err != nil {
			return err
		}
		doc.Models = append(doc.Models, e)
	}
	for id, err := range listing.Refused {
		doc.Refused[id] = explain(err)
		a.note("Not listed: model %s: %v", id, err)
	}
	return a.document(doc, func(w io.Writer) {
		rows := [][]string{{"MODEL", "ID", "CUTS (PRICE IN TOKENS)", "CREATOR"}}
		for _, e := range doc.Models {
			rows = append(rows, []string{e.Name, e.ModelID.Short(), e.offers(), e.presence()})
		}
		table(w, rows)
	})
}

func (e modelEntry) offers() string {
	var offers []string
	for _, c := range e.Cuts {
		if c.Price > 0 {
			offers = append(offers, fmt.Sprintf("%s %s", c.Layer, c.Price))
		}
	}
	return strings.Join(offers, ", ")
}

func (e modelEntry) presence() string {
	switch {
	case !e.Ready:
		return "not ready"
	case !e.Online:
		return "offline"
	}
	return "online"
}

// entry reads a model's prices from the chain.
func (s *session) entry(ctx context.Context, m client.Model) (modelEntry, error) {
	manifest := m.Manifest()
	e := modelEntry{
		ModelID: m.ID(), Name: manifest.Name, Description: manifest.Description, Creator: manifest.Creator,
		Ready: m.Ready(), Online: m.Online(),
	}
	for _, c := range manifest.Cuts {
		price, err := s.chain.Price(ctx, m.ID(), c.Index)
		if err != nil {
			return e, err
		}
		e.Cuts = append(e.Cuts, cutEntry{c.Index, c.Layer, token.Amount(price)})
	}
	return e, nil
}

// findModel finds a model by id, by the beginning of its id, or by name.
func (s *session) findModel(ctx context.Context, wanted string) (client.Model, error) {
	if id, err := protocol.ParseDigest(wanted); err == nil {
		return s.client.Model(ctx, id)
	}
	listing, err := s.client.Models(ctx)
	if err != nil {
		return client.Model{}, err
	}
	return pickModel(listing.Models, wanted)
}

func pickModel(models []client.Model, wanted string) (client.Model, error) {
	var found []client.Model
	var names, ids []string
	for _, m := range models {
		name, id := m.Manifest().Name, m.ID().String()
		names = append(names, name)
		if strings.EqualFold(name, wanted) || len(wanted) >= 10 && strings.HasPrefix(id, strings.ToLower(wanted)) {
			found = append(found, m)
			ids = append(ids, id)
		}
	}
	unknown := fault{Code: string(client.CodeUnknownModel), Field: "model", Detail: fmt.Sprintf("the host publishes no model %q", wanted)}
	switch similar := similarTo(wanted, names); {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		unknown.Detail, unknown.Remedy = fmt.Sprintf("%d models are called %q", len(found), wanted), "name one by its id: "+strings.Join(ids, ", ")
	case len(similar) > 0:
		unknown.Remedy = "did you mean " + strings.Join(similar, ", ") + "?"
	default:
		unknown.Remedy = `"encompute model list" shows what there is`
	}
	return client.Model{}, unknown
}

// similarTo returns the names that are close to a mistyped one, without doubles.
func similarTo(wanted string, names []string) (similar []string) {
	w := strings.ToLower(wanted)
	for _, name := range names {
		n := strings.ToLower(name)
		near := strings.Contains(n, w) || strings.Contains(w, n) || distance(n, w) <= max(2, len(w)/3)
		if near && !slices.Contains(similar, name) {
			similar = append(similar, name)
		}
	}
	return similar
}

// distance is how many bytes must be inserted, removed or changed to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
