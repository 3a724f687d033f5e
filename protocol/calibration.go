package protocol

import (
	"fmt"
	"math"
)

// Calibration is a worker's statement of how fast it computes. The quote binds the receipt key, and the key signs the
// statement, so that a relay can neither change it nor make one up; at most it shows an earlier one of the same worker.
type Calibration struct {
	Machine   []byte `json:"machine"`   // fhe.Machine in its canonical bytes
	Signature []byte `json:"signature"` // by the receipt key
}

// MaxMachineBytes bounds the machine of a Calibration.
const MaxMachineBytes = 1024

// NewCalibration signs the canonical bytes of a machine with a receipt key.
func NewCalibration(key SigningKey, machine []byte) Calibration {
	return Calibration{machine, key.SignDigest(NewDigest("calibration", machine))}
}

// Verify checks the size, and that the receipt key of account signer signed c.
func (c Calibration) Verify(signer Address) error {
	if len(c.Machine) == 0 || len(c.Machine) > MaxMachineBytes {
		return fmt.Errorf("%w: calibration: machine has %d bytes, want 1 to %d", ErrMalformed, len(c.Machine), MaxMachineBytes)
	}
	if err := VerifyDigest(NewDigest("calibration", c.Machine), c.Signature, signer); err != nil {
		return fmt.Errorf("calibration: %w", err)
	}
	return nil
}

// MaxPredictedSeconds bounds what is said of how long something will take.
const MaxPredictedSeconds = 86_400

// CheckTimes refuses a prediction that is none, and a time other than the receipt's. Neither is signed; a worker that
// states none leaves both at zero.
func (c Computed) CheckTimes() error {
	if err := checkPrediction(c.PredictedSeconds); err != nil {
		return err
	}
	if c.Seconds == 0 {
		return nil
	}
	if late := float64(c.Receipt.ElapsedMs) - 1000*c.Seconds; !(math.Abs(late) <= 1) { // nor if it is not a number
		return fmt.Errorf("%w: seconds is %v, the receipt says %d ms", ErrMalformed, c.Seconds, c.Receipt.ElapsedMs)
	}
	return nil
}

// CheckTimes refuses a prediction that is none.
func (p Progress) CheckTimes() error { return checkPrediction(p.PredictedSeconds) }

func checkPrediction(seconds float64) error {
	if !(seconds >= 0 && seconds <= MaxPredictedSeconds) { // nor if it is not a number
		return fmt.Errorf("%w: predictedSeconds is %v, want 0 to %d", ErrMalformed, seconds, MaxPredictedSeconds)
	}
	return nil
}
