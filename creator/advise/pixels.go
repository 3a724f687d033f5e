package advise

import (
	"archive/zip"
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/input"
)

// readArchive reads raw pixels and labels of a file of numpy.savez.
func (open opener) readArchive(path string, card creator.Card) (map[string]part, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(f, size)
	if err != nil {
		return nil, err
	}
	parts := map[string]part{}
	for _, names := range [][3]string{
		{"train", "train_images", "train_labels"},
		{"test", "test_images", "test_labels"},
		{"train", "x_train", "y_train"},
		{"test", "x_test", "y_test"},
		{"all", "images", "labels"},
	} {
		x, err := readEntry(z, names[1])
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", names[1], err)
		}
		p, err := pictures(x, card)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", names[1], err)
		}
		y, err := readEntry(z, names[2])
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%s: %w", names[2], err)
		}
		if err == nil {
			classes, err := integers(y.Values)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", names[2], err)
			}
			if p, err = p.labeled(classes); err != nil {
				return nil, err
			}
		}
		parts[names[0]] = p
	}
	if _, all := parts["all"]; !all && len(parts) != 2 {
		return nil, errors.New("there are neither train_images and test_images in it nor images")
	}
	return parts, nil
}

func readEntry(z *zip.Reader, name string) (input.Tensor, error) {
	f, err := z.Open(name + ".npy")
	if err != nil {
		return input.Tensor{}, err
	}
	defer f.Close()
	return input.ReadNPY(f)
}

// pictures are raw pixels: number, height, width and, for colors, 3.
func pictures(x input.Tensor, card creator.Card) (p part, err error) {
	shape := x.Shape
	if len(shape) == 4 && shape[3] == 1 {
		shape = shape[:3]
	}
	if len(shape) != 3 && !(len(shape) == 4 && shape[3] == 3) {
		return p, fmt.Errorf("shape %v, want number, height, width and, of colors, 3", x.Shape)
	}
	if slices.ContainsFunc(x.Values, func(v float64) bool { return v != float64(uint8(max(0, min(255, v)))) }) {
		return p, errors.New("its values are not raw pixels, 0 to 255: give prepared values as .npy")
	}
	size := len(x.Values) / shape[0]
	return part{n: shape[0], record: func(i int) ([]float64, error) {
		raw := make([]byte, size)
		for j := range raw {
			raw[j] = uint8(x.Values[i*size+j])
		}
		return input.Schema(card.Input).Pixels(shape[2], shape[1], raw)
	}}, nil
}

// maxIDXBytes bounds a file of MNIST's format, unpacked: all of MNIST has 47 MB.
const maxIDXBytes = 256 << 20

// readIDX reads pictures and labels in MNIST's format: two zeros, type 8 (bytes), the number of dimensions, each dimension as
// four bytes, big-endian, and the values.
func (open opener) readIDX(path, labels string, card creator.Card) (map[string]part, error) {
	shape, pixels, err := open.readIDXFile(path)
	if err != nil {
		return nil, err
	}
	if len(shape) != 3 {
		return nil, fmt.Errorf("%d dimensions, want 3: number, height, width", len(shape))
	}
	size := shape[1] * shape[2]
	p := part{n: shape[0], record: func(i int) ([]float64, error) {
		return input.Schema(card.Input).Pixels(shape[2], shape[1], pixels[i*size:(i+1)*size])
	}}
	if labels != "" {
		dims, values, err := open.readIDXFile(labels)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", labels, err)
		}
		if len(dims) != 1 {
			return nil, fmt.Errorf("%s: %d dimensions, want 1", labels, len(dims))
		}
		classes := make([]int, len(values))
		for i, v := range values {
			classes[i] = int(v)
		}
		if p, err = p.labeled(classes); err != nil {
			return nil, err
		}
	}
	return map[string]part{"all": p}, nil
}

func (open opener) readIDXFile(path string) (shape []int, values []byte, err error) {
	f, err := open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	b := bufio.NewReader(f)
	var r io.Reader = b
	if magic, _ := b.Peek(2); string(magic) == "\x1f\x8b" {
		if r, err = gzip.NewReader(b); err != nil {
			return nil, nil, err
		}
	}
	return parseIDX(r)
}

func parseIDX(r io.Reader) (shape []int, values []byte, err error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, nil, fmt.Errorf("it ends early: %w", err)
	}
	if head[0] != 0 || head[1] != 0 || head[2] != 8 || head[3] < 1 || head[3] > 3 {
		return nil, nil, errors.New("it is none of .npz, .npy, .csv and MNIST's format (IDX) of bytes")
	}
	size := 1
	for range head[3] {
		var d [4]byte
		if _, err := io.ReadFull(r, d[:]); err != nil {
			return nil, nil, fmt.Errorf("it ends early: %w", err)
		}
		n := int(binary.BigEndian.Uint32(d[:]))
		if n < 1 || n > maxIDXBytes/size {
			return nil, nil, fmt.Errorf("a dimension of %d, or more than %d values: give a smaller file", n, maxIDXBytes)
		}
		shape, size = append(shape, n), size*n
	}
	values, err = io.ReadAll(io.LimitReader(r, int64(size)+1))
	if err != nil {
		return nil, nil, err
	}
	if len(values) != size {
		return nil, nil, fmt.Errorf("%d values of shape %v, want %d", len(values), shape, size)
	}
	return shape, values, nil
}
