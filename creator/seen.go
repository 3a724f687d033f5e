package creator

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"time"
)

// Seen returns when an agent with this state last heard from a host, to within the host's pings; the zero time: never.
func (s *State) Seen(h Host) (time.Time, error) {
	b, err := s.files.Read(seenFile(h), 1<<10)
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	at, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("state: %s: %w", seenFile(h), err)
	}
	return time.Unix(at, 0).UTC(), nil
}

func (s *State) setSeen(h Host, at time.Time) error {
	return s.files.Write(seenFile(h), strconv.AppendInt(nil, at.Unix(), 10))
}

func seenFile(h Host) string { return path.Join("seen", h.id().String()) }
