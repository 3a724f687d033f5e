package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/token"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

func TestMeterLines(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	m := newOutput(&bytes.Buffer{}, &stderr).meter()
	m.progress("compute", 0, 3, "")
	m.progress("compute", 1, 3, "conv1")
	m.progress("compute", 1, 3, "conv1")
	m.progress("compute", 2, 3, "conv2")
	m.finish("compute", 1500*time.Millisecond, 2_000_000, "by the worker's clock")
	m.close()
	want := []string{"  compute: 1 of 3, conv1 (", "  compute: 2 of 3, conv2 (", "compute                 1.50 s     2.0 MB  by the worker's clock"}
	got := strings.Split(strings.TrimSuffix(stderr.String(), "\n"), "\n")
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("got %q, want lines that begin with %q", got, want)
	}
}

func TestMeterBar(t *testing.T) {
	t.Parallel()
	m := &meter{name: "upload keys", begun: time.Now()}
	for _, test := range []struct {
		done, total int64
		part, want  string
	}{
		{0, 0, "", "upload keys ("},
		{0, 4, "", "[------------------------] upload keys: 0 % ("},
		{2, 4, "", "[############------------] upload keys: 50 % ("},
		{4, 4, "conv2", "[########################] upload keys: 4 of 4, conv2 ("},
		{9, 4, "", "[########################] upload keys: "},
	} {
		m.done, m.total, m.part = test.done, test.total, test.part
		if got := m.bar() + m.line(); !strings.HasPrefix(got, test.want) {
			t.Errorf("%d of %d shows %q, want %q", test.done, test.total, got, test.want)
		}
	}
}

func TestFail(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err    error
		status int
		want   string // on standard error
		code   string
	}{
		"misuse":      {misuse("--cut", "is wrong", "do better"), 2, "encompute: --cut: is wrong: do better\n", "misuse"},
		"wrapped":     {fmt.Errorf("step: %w", misuse("--cut", "is wrong", "")), 2, "--cut: step: is wrong", "misuse"},
		"plain":       {errors.New("broken"), 1, "broken", "failed"},
		"interrupted": {fmt.Errorf("wait: %w", context.Canceled), 1, "interrupted", "interrupted"},
		"malformed":   {fmt.Errorf("x: %w", protocol.ErrMalformed), 1, "malformed", "malformed"},
		"client": {
			fmt.Errorf("job: %w", &client.Error{Code: client.CodeReceiptRefused, Check: "receipt.outputHash", Err: errors.New("differs")}),
			1, "receipt.outputHash: differs: nothing was opened", "receipt-refused",
		},
		"problem": {protocol.Problem{Code: "busy", Detail: "too much", Remedy: "wait"}, 1, "too much: wait", "busy"},
		"tokens": {
			fmt.Errorf("post: %w", &contracts.UnfundedError{Asset: "token units", Have: big.NewInt(250_000), Need: big.NewInt(1_000_000)}),
			1, "has 0.25 of 1 tokens: send it at least 0.75 tokens more", "unfunded",
		},
		"gas": {
			&client.Error{Code: client.CodeChain, Err: &contracts.UnfundedError{Asset: "wei", Have: big.NewInt(0), Need: big.NewInt(1_500_000_000_000)}},
			1, "has 0 of 0.0000015 ETH", "unfunded",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			o := newOutput(&stdout, &stderr)
			o.json = true
			if got := o.fail(test.err); got != test.status {
				t.Errorf("exit status %d, want %d", got, test.status)
			}
			if !strings.Contains(stderr.String(), test.want) {
				t.Errorf("says %q, want %q", stderr.String(), test.want)
			}
			if !strings.Contains(stdout.String(), `"code": "`+test.code+`"`) {
				t.Errorf("document %s, want code %s", stdout.String(), test.code)
			}
		})
	}
}

func TestWaits(t *testing.T) {
	t.Parallel()
	id := protocol.Digest{0xab}
	for code, want := range map[client.Code]string{
		client.CodeCreatorOffline: "result waits: encompute job resume 0xab000000",
		client.CodeHostDown:       "nothing is lost: encompute job resume 0xab000000",
		client.CodeDeadlinePassed: "encompute job refund 0xab000000",
	} {
		err := waits(&client.Error{Code: code, Err: errors.New("x")}, id)
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s says %q, want %q", code, err, want)
		}
	}
	if err := waits(context.Canceled, id); !strings.Contains(err.Error(), "encompute job resume") {
		t.Errorf("an interrupted job says %q", err)
	}
}

func TestPickCut(t *testing.T) {
	t.Parallel()
	e := modelEntry{Name: "m", Cuts: []cutEntry{{3, "pool1", 0}, {11, "gap", 250_000}}}
	for _, wanted := range []string{"gap", "11"} {
		if c, err := pickCut(e, wanted); err != nil || c.Index != 11 {
			t.Errorf("%s gives %+v, %v", wanted, c, err)
		}
	}
	for _, wanted := range []string{"pool1", "3", "relu", ""} {
		if _, err := pickCut(e, wanted); err == nil || !strings.Contains(err.Error(), "choose one of gap (11, 0.25 tokens)") {
			t.Errorf("%q gives %v", wanted, err)
		}
	}
	if _, err := pickCut(modelEntry{}, "gap"); err == nil || !strings.Contains(err.Error(), "another model") {
		t.Errorf("without offers: %v", err)
	}
}

func TestSimilarTo(t *testing.T) {
	t.Parallel()
	names := []string{"pneumonia-trunk", "mnist-lola", "tab-wdbc", "mnist-lola"}
	for wanted, want := range map[string][]string{
		"pneumonia": {"pneumonia-trunk"}, "pnuemonia-trnk": {"pneumonia-trunk"}, "MNIST": {"mnist-lola"}, "tab_wdbc": {"tab-wdbc"}, "heart": nil,
	} {
		if got := similarTo(wanted, names); !slices.Equal(got, want) {
			t.Errorf("%q is similar to %q, want %q", wanted, got, want)
		}
	}
}

func TestAmounts(t *testing.T) {
	t.Parallel()
	for wei, want := range map[string]string{
		"0": "0", "1": "0.000000000000000001", "1000000000000000000": "1", "1500000000000000000000": "1500", "2500000000000000000": "2.5",
	} {
		v, _ := new(big.Int).SetString(wei, 10)
		if got := ether(v); got != want {
			t.Errorf("%s wei are %s ether, want %s", wei, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 bytes", 999: "999 bytes", 1000: "1.0 kB", 51_540_000: "51.5 MB", 2_000_000_000: "2.00 GB"} {
		if got := size(n); got != want {
			t.Errorf("%d bytes are %s, want %s", n, got, want)
		}
	}
	var o offer
	if err := o.UnmarshalText([]byte("a=b=0.25")); err != nil || o.layer != "a=b" || o.price != token.Amount(250_000) {
		t.Errorf("offer %+v, %v", o, err)
	}
}
