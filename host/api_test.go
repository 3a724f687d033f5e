package host

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// deadlines is an answer's writer that notes the read deadlines it is given.
type deadlines struct {
	*httptest.ResponseRecorder
	set []time.Time
}

// SetReadDeadline is what http.ResponseController looks for.
func (d *deadlines) SetReadDeadline(t time.Time) error {
	d.set = append(d.set, t)
	return nil
}

// stalled is a body whose connection reaches its deadline.
type stalled struct{}

func (stalled) Read([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }

// A sender that stops must not hold on to what others wait for.
func TestBodiesMustCome(t *testing.T) {
	t.Parallel()
	read := func(body io.Reader, length, limit int64) (*deadlines, error) {
		r := httptest.NewRequest(http.MethodPost, "/", body)
		r.ContentLength = length
		d := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		_, err := readJSON[struct{}](d, r, limit)
		return d, err
	}
	d, err := read(stalled{}, -1, 10*slowestLine)
	if p, _ := asProblem(err); p.Code != string(codeTimeout) {
		t.Errorf("a stalled body: %v", err)
	}
	want := documentTimeout + 10*time.Second
	if left := time.Until(d.set[0]); len(d.set) != 1 || left > want || left < want-documentTimeout {
		t.Errorf("deadlines %v, want one about %s from now", d.set, want)
	}
	d, err = read(strings.NewReader("{}"), 2, 10*slowestLine)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.set) != 2 || time.Until(d.set[0]) > documentTimeout || !d.set[1].IsZero() {
		t.Errorf("deadlines %v, want one and then none", d.set)
	}
}
