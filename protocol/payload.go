package protocol

// Intermediate is what a user seals to the creator: the released values and the key to
// seal the result to, made for this one job.
type Intermediate struct {
	Values    []float64 `json:"values"` // flat, row-major, of Cut.ReleasedShape
	ResultKey []byte    `json:"resultKey"`
}

// Result is what a creator seals to the user.
type Result struct {
	Values []float64 `json:"values"` // the suffix's output; probabilities if Softmax
	Labels []string  `json:"labels,omitempty"`
	// Probabilities are the softmax of Values for a classification, else empty.
	Probabilities []float64 `json:"probabilities,omitempty"`
	Label         string    `json:"label,omitempty"` // the most likely one
	// Quantities are what the Values of a regression measure.
	Quantities []Reading `json:"quantities,omitempty"`
}

// MaxSealedBytes bounds a sealed intermediate or result.
const MaxSealedBytes = 64 << 20
