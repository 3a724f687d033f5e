package advise

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/privacy/leakage"
	"github.com/encrypted-compute/encompute/protocol"
)

// ErrData marks files of records that cannot be used.
var ErrData = errors.New("data")

// At most so many records are used, drawn by the seed if there are more.
const (
	maxTrain = 5000 // the attacker's
	maxTest  = 2000
)

// streams of random numbers of a seed.
const (
	streamSplit = 0x73706c6974 // "split"
	streamDraw  = 0x64726177   // "draw"
)

// part is some records of a file: all, or those for training or testing.
type part struct {
	n      int
	record func(i int) ([]float64, error) // as the model takes it
	labels []int                          // of each; none: not known
}

// File is an open file of records: an *os.File, or what a page was given.
type File interface {
	io.ReadSeekCloser
	io.ReaderAt
}

// Given are files of records by their names.
type Given map[string][]byte

// Open opens one.
func (g Given) Open(name string) (File, error) {
	b, ok := g[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return inMemory{bytes.NewReader(b)}, nil
}

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// opener opens files of records by their names.
type opener func(name string) (File, error)

func openFile(name string) (File, error) { return os.Open(name) }

// ReadRecords reads a file of records, prepares each as the card says, and brings its values from the card's range to 0 to 1:
//
//   - .npz with train_images, train_labels, test_images and test_labels (as MedMNIST has them, or x_train and so on as Keras
//     does), or with images and labels: raw pixels, 0 to 255;
//   - the IDX files of MNIST, compressed or not: raw pixels; labels is the file of labels;
//   - .npy: a batch of values as the model takes them; labels is a .npy file;
//   - .csv: a table with the card's columns; labels is the name of the column of labels (default "label", "target" or "class",
//     if there is one).
//
// Labels are numbers of classes from 0, or in a table also the card's labels. If the file does not say which records are for
// testing, a quarter is, drawn by the seed. At most 5000 records for training and 2000 for testing are used, drawn by the seed,
// in the file's order. Errors wrap ErrData.
func ReadRecords(path, labels string, card creator.Card, seed uint64) (train, test leakage.Records, err error) {
	return opener(openFile).records(path, labels, card, seed)
}

// Records reads a file of records as ReadRecords does.
func (g Given) Records(name, labels string, card creator.Card, seed uint64) (train, test leakage.Records, err error) {
	return opener(g.Open).records(name, labels, card, seed)
}

func (open opener) records(path, labels string, card creator.Card, seed uint64) (train, test leakage.Records, err error) {
	var parts map[string]part
	switch ext := strings.ToLower(filepath.Ext(strings.TrimSuffix(path, ".gz"))); {
	case ext == ".npz":
		parts, err = open.readArchive(path, card)
	case ext == ".npy":
		parts, err = open.readArrays(path, labels, card)
	case ext == ".csv":
		parts, err = open.readTable(path, labels, card)
	default:
		parts, err = open.readIDX(path, labels, card)
	}
	if err != nil {
		return train, test, fmt.Errorf("%w: %s: %w", ErrData, path, err)
	}
	all, unsplit := parts["all"]
	trainPart, testPart := parts["train"], parts["test"]
	trainRows, testRows := rows(trainPart.n), rows(testPart.n)
	if unsplit {
		order := rand.New(rand.NewPCG(seed, streamSplit)).Perm(all.n)
		n := all.n / 4
		trainPart, testPart, testRows, trainRows = all, all, order[:n], order[n:]
		slices.Sort(testRows)
		slices.Sort(trainRows)
	}
	if train, err = trainPart.draw(trainRows, maxTrain, card, seed); err != nil {
		return train, test, fmt.Errorf("%w: %s: training %w", ErrData, path, err)
	}
	if test, err = testPart.draw(testRows, maxTest, card, seed); err != nil {
		return train, test, fmt.Errorf("%w: %s: test %w", ErrData, path, err)
	}
	return train, test, nil
}

func rows(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// draw returns at most limit of the given records, values from 0 to 1.
func (p part) draw(from []int, limit int, card creator.Card, seed uint64) (r leakage.Records, err error) {
	if len(from) < 2 {
		return r, fmt.Errorf("records: there are %d, at least 2 are needed", len(from))
	}
	if len(from) > limit {
		order := rand.New(rand.NewPCG(seed, streamDraw)).Perm(len(from))[:limit]
		slices.Sort(order)
		for i, at := range order {
			order[i] = from[at]
		}
		from = order
	}
	size := input.Schema(card.Input).Size()
	low, width := card.InputRange.Low, card.InputRange.High-card.InputRange.Low
	if !(width > 0) {
		return r, errors.New("records: the card's inputRange is empty")
	}
	r.X = leakage.NewMatrix(len(from), size)
	for i, at := range from {
		x, err := p.record(at)
		if err != nil {
			return r, fmt.Errorf("record %d: %w", at, err)
		}
		if len(x) != size {
			return r, fmt.Errorf("record %d: %d values, the model takes %d", at, len(x), size)
		}
		for j, v := range x {
			v = (v - low) / width
			if !(v >= -1e-6 && v <= 1+1e-6) {
				return r, fmt.Errorf("record %d: value %d is outside of the card's inputRange", at, j)
			}
			r.X.Row(i)[j] = float32(max(0, min(1, v)))
		}
		if len(p.labels) > 0 {
			r.Labels = append(r.Labels, p.labels[at])
		}
	}
	return r, nil
}

// labeled adds labels to a part.
func (p part) labeled(labels []int) (part, error) {
	if len(labels) != p.n {
		return p, fmt.Errorf("%d labels for %d records", len(labels), p.n)
	}
	p.labels = labels
	return p, nil
}

// readArrays reads a batch of prepared values, and labels.
func (open opener) readArrays(path, labels string, card creator.Card) (map[string]part, error) {
	x, err := open.readNPY(path)
	if err != nil {
		return nil, err
	}
	samples, err := x.Samples(card.Input.Shape)
	if err != nil {
		return nil, err
	}
	p := part{n: len(samples), record: func(i int) ([]float64, error) { return samples[i], nil }}
	if labels != "" {
		y, err := open.readNPY(labels)
		if err != nil {
			return nil, err
		}
		classes, err := integers(y.Values)
		if err != nil {
			return nil, err
		}
		if p, err = p.labeled(classes); err != nil {
			return nil, err
		}
	}
	return map[string]part{"all": p}, nil
}

func (open opener) readNPY(path string) (input.Tensor, error) {
	f, err := open(path)
	if err != nil {
		return input.Tensor{}, err
	}
	defer f.Close()
	return input.ReadNPY(f)
}

// integers are labels, whatever type they were stored as.
func integers(values []float64) ([]int, error) {
	list := make([]int, len(values))
	for i, v := range values {
		if list[i] = int(v); float64(list[i]) != v || v < 0 {
			return nil, fmt.Errorf("label %d is %v, want a class from 0 on", i, v)
		}
	}
	return list, nil
}

// maxRows bounds a table.
const maxRows = 1 << 20

// readTable reads the rows of a table, and the column of labels.
func (open opener) readTable(path, column string, card creator.Card) (map[string]part, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := input.Schema(card.Input).ReadRows(f, 0, maxRows)
	if err != nil {
		return nil, err
	}
	p := part{n: len(list), record: func(i int) ([]float64, error) { return list[i], nil }}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	labels, err := readColumn(csv.NewReader(f), column, card.Labels)
	if err != nil || labels == nil {
		return map[string]part{"all": p}, err
	}
	if p, err = p.labeled(labels); err != nil {
		return nil, err
	}
	return map[string]part{"all": p}, nil
}

// readColumn reads a column of labels; nil if none is named and there is none of the usual names.
func readColumn(r *csv.Reader, column string, names []string) ([]int, error) {
	r.TrimLeadingSpace = true
	header, err := r.Read()
	if err != nil {
		return nil, err
	}
	wanted := []string{column}
	if column == "" {
		wanted = []string{"label", "target", "class"}
	}
	at := slices.IndexFunc(header, func(s string) bool {
		return slices.Contains(wanted, s) || slices.Contains(wanted, protocol.ColumnKey(s))
	})
	if at < 0 && column != "" {
		return nil, fmt.Errorf("there is no column %q of labels", column)
	}
	if at < 0 {
		return nil, nil
	}
	labels := []int{}
	for len(labels) < maxRows {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return labels, nil
		}
		if err != nil {
			return nil, err
		}
		text := strings.TrimSpace(record[at])
		class := slices.IndexFunc(names, func(s string) bool { return strings.EqualFold(s, text) })
		if class < 0 {
			if class, err = strconv.Atoi(text); err != nil || class < 0 {
				return nil, fmt.Errorf("row %d: label %.40q is neither a class from 0 on nor one of %.200q", len(labels), text, names)
			}
		}
		labels = append(labels, class)
	}
	return labels, nil
}
