package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
)

// canary is a piece of a secret that must not turn up where it is not allowed.
type canary struct {
	secret string
	bytes  []byte
}

// canaries takes pieces of everything that the host must not have: values of input,
// intermediate and result in the encodings that the programs use, and the files of picture
// and model.
func (d *demo) canaries() ([]canary, error) {
	model, err := os.ReadFile(d.truth.modelPath)
	if err != nil {
		return nil, err
	}
	list := slices.Concat(
		pieces("the model's weights", model, 12),
		pieces("the picture", d.truth.inputFile, 3),
		values("the input", d.truth.input, 4),
		values("the intermediate", d.job.Release.Values, 8),
		values("the intermediate before flooding", d.raw, 4),
		values("the result", d.job.Result.Values, 2),
	)
	if len(list) < 20 {
		return nil, fmt.Errorf("only %d pieces of secrets to look for", len(list))
	}
	return list, nil
}

// pieces cuts n runs of 32 bytes out of a file.
func pieces(secret string, b []byte, n int) (list []canary) {
	const size = 32
	for i := range n {
		if at := (len(b) - size) * (i + 1) / (n + 1); at > 0 {
			list = append(list, canary{secret, b[at : at+size]})
		}
	}
	return list
}

// values takes up to n numbers that are not round, as float64 in both byte orders and, with
// their neighbour if there is one, as float32.
func values(secret string, x []float64, n int) (list []canary) {
	round := func(i int) bool { return x[i] == math.Trunc(x[i]) }
	stride := max(1, len(x)/(4*n))
	for i := 0; i < len(x) && n > 0; i += stride {
		if round(i) || i+1 < len(x) && round(i+1) {
			continue
		}
		n--
		bits := math.Float64bits(x[i])
		list = append(list, canary{secret, binary.BigEndian.AppendUint64(nil, bits)}, canary{secret, binary.LittleEndian.AppendUint64(nil, bits)})
		if i+1 < len(x) {
			pair := binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(x[i])))
			list = append(list, canary{secret, binary.LittleEndian.AppendUint32(pair, math.Float32bits(float32(x[i+1])))})
		}
	}
	return list
}

// search looks for canaries in files and in everything below folders. It returns how many
// bytes it read, and an error that names the first canary that it found.
func search(list []canary, roots ...string) (read int64, err error) {
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) {
				return nil // a database's side file, gone since the folder was read
			}
			if err != nil {
				return err
			}
			read += int64(len(b))
			for _, c := range list {
				if bytes.Contains(b, c.bytes) {
					return fmt.Errorf("%s holds a piece of %s", path, c.secret)
				}
			}
			return nil
		})
		if err != nil {
			return read, err
		}
	}
	return read, nil
}

// searchHost looks for secrets in all that the host keeps and all that host and worker log.
func (d *demo) searchHost() (int64, error) {
	list, err := d.canaries()
	if err != nil {
		return 0, err
	}
	return search(list, filepath.Join(d.net.Dir, "host"), d.net.Host.Log, d.net.Worker.Log)
}
