package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/token"
	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

type jobRun struct {
	Model string `required:"" placeholder:"MODEL" help:"Published model, by id or name."`
	Cut   string `required:"" placeholder:"LAYER" help:"Where the model is cut, by layer or index; what comes before runs encrypted."`
	Input string `required:"" placeholder:"FILE" help:"Picture (.png, .jpg) or table (.csv)."`
	Row   *int   `placeholder:"N" help:"Row of a table, from 0 after the line of names (default 0)."`
	Yes   bool   `help:"Pay, and hand over what the manifest says, without asking."`

	Budget       float64 `placeholder:"BITS" help:"What all releases of this input may tell together (default 30)."`
	BeyondBudget bool    `help:"Hand over even if that tells more of the input than its budget allows, or nothing bounds what it tells."`
}

// Help implements kong.HelpProvider.
func (jobRun) Help() string {
	return `In this order: check the model against the chain, ask you about the price, verify a worker's evidence on this machine,
make keys, encrypt, pay into escrow, upload, wait for the receipt and check it, decrypt, flood and round, apply what the
manifest says of the cut (projection, bounds, noise, quantisation), seal to the creator, and open the creator's result.
The secret key never leaves this machine. What the creator gets to see is the intermediate after the cut; "encompute
model inspect" tells about it.

Before you pay you see how much the release tells of the input at most, in bits, what attacks got out of it by the model's
leakage sheet, and what is left of the input's budget.
All releases of one input count; the same release again repeats the same values and costs nothing. A release beyond
the budget, or one that nothing bounds, needs --beyond-budget.

Whatever interrupts the job, it is kept, encrypted with the passphrase: "encompute job resume ID" goes on.

  encompute job run --model pneumonia-trunk --cut gap --input xray.png
  encompute job run --model tab-wdbc --cut poly1 --input patients.csv --row 12 --yes --json`
}

// Run runs a job from its beginning.
func (c *jobRun) Run(ctx context.Context, a *app) error {
	if !(c.Budget >= 0) {
		return misuse("--budget", fmt.Sprintf("%v is no number of bits", c.Budget), "give a positive number")
	}
	if !c.Yes && !a.canAsk() {
		return misuse("--yes", "there is no terminal to ask at whether to pay", "give --yes to pay without asking")
	}
	request, err := c.ask(ctx, a)
	if err != nil {
		return err
	}
	s, store, err := a.user(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	s.client.Budget.Bits = c.Budget
	if err := a.explainRelease(ctx, s, request); err != nil {
		return err
	}
	if !c.Yes {
		if err := a.agree(ctx, "Pay, and hand this over? [y/N] ", "nothing was paid"); err != nil {
			return err
		}
		s.client.Confirm = func(ctx context.Context, r privacy.Released) error {
			s.meter.idle()
			a.note("Decrypted: %s.", r.Report())
			return a.agree(ctx, "Hand this over to the creator? [y/N] ", "nothing was handed over")
		}
	}
	job, err := s.client.Prepare(ctx, request)
	s.meter.idle()
	if err != nil {
		return err
	}
	a.note("Job %s", job.ID)
	return a.finishJob(ctx, s, store, job.ID)
}

// ask checks what was asked for, as far as it goes without secrets and a worker, and tells
// the price.
func (c *jobRun) ask(ctx context.Context, a *app) (r client.Request, err error) {
	account, err := a.walletAddress()
	if err != nil {
		return r, err
	}
	s, err := a.reader(ctx)
	if err != nil {
		return r, err
	}
	defer s.close()
	m, err := s.findModel(ctx, c.Model)
	if err != nil {
		return r, err
	}
	manifest := m.Manifest()
	entry, err := s.entry(ctx, m)
	if err != nil {
		return r, err
	}
	cut, err := pickCut(entry, c.Cut)
	if err != nil {
		return r, err
	}
	r = client.Request{ModelID: m.ID(), Cut: cut.Index, BeyondBudget: c.BeyondBudget}
	if r.Input, err = readInput(input.Schema(manifest.Input), c.Input, c.Row); err != nil {
		return r, err
	}
	cost, err := s.client.Cost(ctx, m.ID(), cut.Index)
	if err != nil {
		return r, err
	}
	r.MaxCost = cost.Total()
	a.note("%s, cut after %s: %s tokens (%s to the creator, %s to the worker)",
		manifest.Name, cut.Layer, token.Amount(cost.Total()), token.Amount(cost.Creator), token.Amount(cost.Worker))
	quote, err := s.client.Quote(ctx, m, cut.Index)
	if err != nil {
		return r, err
	}
	by := "by the worker's own measurements"
	if !quote.Calibrated {
		by = "on a reference core: the worker gives no measurements of its own"
	}
	a.note("The evaluation takes about %.2g s, %s.", quote.Seconds, by)
	if !m.Online() {
		a.note("The creator is offline now: the result may have to wait.")
	}
	if err := s.affordable(ctx, account, cost.Total()); err != nil {
		return r, err
	}
	return r, nil
}

// explainRelease says what will be handed over and what that costs of the input's budget, and refuses what the budget
// does not allow.
func (a *app) explainRelease(ctx context.Context, s *session, r client.Request) error {
	m, err := s.client.Model(ctx, r.ModelID)
	if err != nil {
		return err
	}
	p, err := s.client.ReleasePrice(ctx, m, r.Cut, r.Input)
	if err != nil {
		return err
	}
	for _, step := range p.Steps {
		a.note("Before the creator gets it: %s.", step)
	}
	switch {
	case p.Again:
		a.note("The creator gets the same %d values as before: they tell nothing more.", p.Values)
	case p.Tells == nil:
		a.note("The creator gets %d values, and nothing bounds what they tell of the input.", p.Values)
	default:
		a.note("The creator gets %d values that tell up to %.1f bits of the input (up to %.1f if the declared deviations are wrong).", p.Values, *p.Tells, *p.TellsHard)
	}
	cut, _ := m.Manifest().Cut(r.Cut) // the price would have failed without one
	for _, line := range sheetLines(cut.Sheet) {
		a.note("%s", line)
	}
	spent := fmt.Sprintf("%.1f of %.0f bits", p.Spent, p.Budget)
	if !p.Bounded {
		spent = "without bound"
	}
	a.note("Earlier releases of this input told: %s.", spent)
	if p.Refused == nil || r.BeyondBudget {
		return nil
	}
	return fault{
		Code: string(client.CodeBudget), Field: "--beyond-budget", Detail: p.Refused.Error(),
		Remedy: "choose a cut that tells less, or give --beyond-budget to hand it over all the same",
	}
}

// affordable tells early, before keys are made, that the wallet lacks tokens.
func (s *session) affordable(ctx context.Context, account protocol.Address, total protocol.Amount) error {
	have, err := s.chain.TokenBalance(ctx, account)
	if err != nil {
		return err
	}
	if have >= total {
		return nil
	}
	return fault{
		Code: string(client.CodeUnfunded), Field: "wallet",
		Detail: fmt.Sprintf("account %s has %s of %s tokens", account, token.Amount(have), token.Amount(total)),
		Remedy: fmt.Sprintf("send it at least %s tokens more", token.Amount(total-have)),
	}
}

// pickCut finds an offered cut by layer or index.
func pickCut(e modelEntry, wanted string) (cutEntry, error) {
	var offered []string
	for _, c := range e.Cuts {
		if c.Price == 0 {
			continue
		}
		if c.Layer == wanted || strconv.FormatUint(uint64(c.Index), 10) == wanted {
			return c, nil
		}
		offered = append(offered, fmt.Sprintf("%s (%d, %s tokens)", c.Layer, c.Index, c.Price))
	}
	f := fault{
		Code: string(client.CodeCutNotOffered), Field: "--cut", Detail: fmt.Sprintf("%s is not offered at %q", e.Name, wanted),
		Remedy: "choose one of " + strings.Join(offered, ", "),
	}
	if len(offered) == 0 {
		f.Remedy = "choose another model: this one offers no cut now"
	}
	return cutEntry{}, f
}

// canAsk reports whether there is a person at standard input.
func (a *app) canAsk() bool {
	f, ok := a.stdin.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// agree asks a question whose only good answer is yes; otherwise says what no means.
func (a *app) agree(ctx context.Context, question, otherwise string) error {
	fmt.Fprint(a.stderr, question)
	answer := make(chan string, 1)
	go func() { // ends with the process if ctx ends first
		line, _ := bufio.NewReader(a.stdin).ReadString('\n')
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case s := <-answer:
		if s == "y" || s == "yes" {
			return nil
		}
		return fault{Code: "declined", Detail: "you did not agree; " + otherwise}
	}
}
