//go:build js

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/protocol"
)

// receiptSchema names the document that users download and verify later.
const receiptSchema = "encompute/receipt/v1"

// receiptDocument is a job, its receipt and its delivery, as far as they are there. It holds nothing secret.
type receiptDocument struct {
	Schema    string              `json:"schema"`
	Domain    protocol.Domain     `json:"domain"`
	Spec      protocol.JobSpec    `json:"spec"`
	Computed  *protocol.Computed  `json:"computed,omitempty"`
	Delivered *protocol.Delivered `json:"delivered,omitempty"`
	Simulated bool                `json:"simulated"` // the worker's evidence, as this client verified it
}

// receipt returns the document of a job of this browser.
func (t *tab) receipt(ctx context.Context, q bridge.Request) (any, error) {
	var p jobRequest
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	c, err := t.connected()
	if err != nil {
		return nil, err
	}
	job, err := t.store.Load(ctx, p.Job)
	if err != nil {
		return nil, err
	}
	if job.Computed == nil {
		return nil, errors.New("the job has no receipt yet")
	}
	return receiptDocument{receiptSchema, c.Domain(), job.Spec, job.Computed, job.Delivered, job.Simulated}, nil
}

// explored is a job with what was checked of it here.
type explored struct {
	ID     protocol.Digest     `json:"id"`
	Spec   protocol.JobSpec    `json:"spec"`
	State  string              `json:"state,omitempty"` // the host's word
	Escrow string              `json:"escrow"`          // the chain's
	Checks []attestation.Check `json:"checks"`
}

// explore checks a job against its id, the signatures and the chain. What it is comes from this browser, if it is one of
// its jobs, else from the host, which shows jobs to their parties only.
func (t *tab) explore(ctx context.Context, q bridge.Request) (any, error) {
	var p jobRequest
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	if job, err := t.store.Load(ctx, p.Job); err == nil {
		return t.judgeJob(ctx, p.Job, receiptDocument{Spec: job.Spec, Computed: job.Computed, Delivered: job.Delivered})
	} else if !errors.Is(err, client.ErrNoJob) {
		return nil, err
	}
	view, err := t.hostJob(ctx, p.Job)
	if err != nil {
		return nil, err
	}
	d, err := t.judgeJob(ctx, p.Job, receiptDocument{Spec: view.Spec, Computed: view.Computed, Delivered: view.Delivered})
	d.State = string(view.State)
	return d, err
}

// checkReceipt judges a document that was downloaded before.
func (t *tab) checkReceipt(ctx context.Context, q bridge.Request) (any, error) {
	if len(q.Files) != 1 {
		return nil, errors.New("give one file")
	}
	var d receiptDocument
	if err := protocol.UnmarshalJSON(bytes.NewReader(q.Files[0]), protocol.MaxMessageBytes, &d); err != nil {
		return nil, err
	}
	if d.Schema != receiptSchema {
		return nil, fmt.Errorf("the file's schema is %.60q, not %q", d.Schema, receiptSchema)
	}
	c, err := t.connected()
	if err != nil {
		return nil, err
	}
	if d.Domain != c.Domain() {
		return nil, fmt.Errorf("the receipt is of market %s on chain %d, this network's is %s on chain %d", d.Domain.Market, d.Domain.ChainID, c.Domain().Market, c.Domain().ChainID)
	}
	return t.judgeJob(ctx, c.Domain().JobID(d.Spec), d)
}

func (t *tab) hostJob(ctx context.Context, id protocol.Digest) (v protocol.JobView, err error) {
	res, err := fetch.New(nil).Do(ctx, fetch.Request{Method: "GET", URL: t.host + "/v1/jobs/" + id.String()})
	if err != nil {
		return v, err
	}
	defer res.Body.Close()
	switch res.Status {
	case 200:
	case 404:
		return v, errors.New("the host knows no job of this id")
	case 401, 403:
		return v, errors.New("the host shows a job to its parties only, and it is none of this browser's: give a receipt file")
	default:
		return v, fmt.Errorf("the host answered %d", res.Status)
	}
	return v, protocol.UnmarshalJSON(res.Body, protocol.MaxMessageBytes+1<<20, &v)
}

// checks collects what was compared.
type checks []attestation.Check

func (c *checks) equal(name string, expected, got string) {
	status, why := attestation.Passed, ""
	if expected != got {
		status, why = attestation.Failed, "they differ"
	}
	*c = append(*c, attestation.Check{Name: name, Status: status, Expected: expected, Got: got, Why: why})
}

func (c *checks) signature(name string, digest protocol.Digest, sig []byte, expected protocol.Address) {
	got, err := protocol.RecoverAddress(digest, sig)
	if err != nil {
		*c = append(*c, attestation.Check{Name: name, Status: attestation.Failed, Expected: expected.String(), Why: err.Error()})
		return
	}
	c.equal(name, expected.String(), got.String())
}

func (t *tab) judgeJob(ctx context.Context, id protocol.Digest, doc receiptDocument) (d explored, err error) {
	c, err := t.connected()
	if err != nil {
		return d, err
	}
	domain, spec := c.Domain(), doc.Spec
	var list checks
	list.equal("job.id", id.String(), domain.JobID(spec).String())
	escrow, err := c.Escrow(ctx, id)
	if err != nil {
		return d, err
	}
	on := attestation.Check{Name: "chain.escrow", Status: attestation.Passed, Expected: "known to the market", Got: escrow.String()}
	if escrow == client.EscrowNone {
		on.Status, on.Why = attestation.Failed, "the market never saw this job"
	}
	list = append(list, on)
	if doc.Computed != nil {
		if err := t.judgeReceipt(ctx, &list, domain, id, spec, *doc.Computed); err != nil {
			return d, err
		}
	}
	if doc.Computed != nil && doc.Delivered != nil {
		v := doc.Delivered.Delivery
		list.equal("delivery.jobId", id.String(), v.JobID.String())
		list.equal("delivery.outputHash", doc.Computed.Receipt.OutputHash.String(), v.OutputHash.String())
		list.signature("delivery.signature", domain.DeliveryDigest(v), doc.Delivered.Signature, spec.Creator)
		if len(doc.Delivered.Sealed) > 0 {
			list.equal("delivery.resultHash", v.ResultHash.String(), protocol.BlobDigest(doc.Delivered.Sealed).String())
		}
	}
	return explored{ID: id, Spec: spec, Escrow: escrow.String(), Checks: list}, nil
}

// judgeReceipt holds a receipt to its job, and its signer to the chain.
func (t *tab) judgeReceipt(ctx context.Context, list *checks, domain protocol.Domain, id protocol.Digest, spec protocol.JobSpec, computed protocol.Computed) error {
	r := computed.Receipt
	list.equal("receipt.jobId", id.String(), r.JobID.String())
	list.equal("receipt.prefixHash", spec.PrefixHash.String(), r.PrefixHash.String())
	list.equal("receipt.keysHash", spec.KeysHash.String(), r.KeysHash.String())
	list.equal("receipt.inputHash", spec.InputHash.String(), r.InputHash.String())
	limit := attestation.Check{
		Name: "receipt.elapsedMs", Status: attestation.Passed,
		Expected: "at most " + strconv.Itoa(int(spec.ComputeMs)), Got: strconv.Itoa(int(r.ElapsedMs)),
	}
	if r.ElapsedMs > spec.ComputeMs {
		limit.Status, limit.Why = attestation.Failed, "it took longer than the job allows"
	}
	*list = append(*list, limit)
	signer, err := protocol.RecoverAddress(domain.ReceiptDigest(r), computed.Signature)
	if err != nil {
		*list = append(*list, attestation.Check{Name: "receipt.signature", Status: attestation.Failed, Why: err.Error()})
		return nil
	}
	operator, err := t.chain.LiveOperator(ctx, signer, spec.WorkloadID)
	if err != nil {
		return err
	}
	by := attestation.Check{Name: "receipt.signature", Status: attestation.Passed, Expected: "a live worker of the job's workload", Got: signer.String()}
	if operator.IsZero() {
		by.Status, by.Why = attestation.Skipped, "the signer is no live worker now; whether it was then is not on the chain's latest state"
	}
	*list = append(*list, by)
	return nil
}
