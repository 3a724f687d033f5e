package rollback

import (
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/protocol"
)

// Verdict judges by p above the floors, and raises them by what the verdict proves about the
// collateral: a caller passes attestation.Verify or attestation.Examine with all else bound. With
// an error, of the file, the verdict must not be used.
func (s *Store) Verdict(p attestation.Policy, judge func(attestation.Policy) attestation.Verdict) (attestation.Verdict, error) {
	floors, err := s.Floors()
	if err != nil {
		return attestation.Verdict{}, err
	}
	v := judge(p.WithFloors(floors))
	if err := s.Raise(v.Evaluations); err != nil {
		return attestation.Verdict{}, err
	}
	return v, nil
}

// Verify is attestation.Verify through Verdict.
func (s *Store) Verify(ev protocol.Evidence, want protocol.Binding, p attestation.Policy, now time.Time) (attestation.Verdict, error) {
	return s.Verdict(p, func(p attestation.Policy) attestation.Verdict { return attestation.Verify(ev, want, p, now) })
}
