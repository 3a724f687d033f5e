package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/encrypted-compute/encompute/model"
)

// approximation is a layer to approximate, as in relu1, relu1:5 or relu1:5:-4:4.
type approximation model.Approximation

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *approximation) UnmarshalText(b []byte) error {
	parts := strings.Split(string(b), ":")
	// Layers may have colons in their names, too.
	if n := len(parts); n > 3 {
		degree, ok := parseDegree(parts[n-3])
		low, err1 := strconv.ParseFloat(parts[n-2], 64)
		high, err2 := strconv.ParseFloat(parts[n-1], 64)
		if ok && err1 == nil && err2 == nil {
			if !(low < high) {
				return fmt.Errorf("%q: the interval from %g to %g is empty", b, low, high)
			}
			p.Degree, p.Low, p.High, parts = degree, low, high, parts[:n-3]
		}
	}
	if n := len(parts); n > 1 && p.Degree == 0 {
		if degree, ok := parseDegree(parts[n-1]); ok {
			p.Degree, parts = degree, parts[:n-1]
		}
	}
	if p.Layer = strings.Join(parts, ":"); p.Layer == "" {
		return fmt.Errorf("%q is not LAYER[:DEGREE[:LOW:HIGH]], such as relu1:5", b)
	}
	return nil
}

func parseDegree(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 2 && n <= 9 // the model says which it takes
}

// approximate puts polynomials in place of the named activations; of none it returns the graph.
func approximate(g *model.Graph, list []approximation, samples [][]float64) (*model.Graph, []model.Approximation, error) {
	if len(list) == 0 {
		return g, nil, nil
	}
	var wanted []model.Approximation
	for _, p := range list {
		wanted = append(wanted, model.Approximation(p))
	}
	changed, done, err := g.Approximate(wanted, samples)
	if errors.Is(err, model.ErrApproximation) {
		return nil, nil, fault{Code: "approximation", Field: "--approximate", Detail: err.Error()}
	}
	return changed, done, err
}

// writeApproximations says how far each polynomial is from the activation it stands for.
func writeApproximations(w io.Writer, list []model.Approximation) {
	for _, p := range list {
		fmt.Fprintf(w, "\n%s is approximated by a polynomial of degree %d: off by %.3g at most on [%.3g, %.3g], and useless outside.\n",
			p.Layer, p.Degree, p.MaxError, p.Low, p.High)
	}
}
