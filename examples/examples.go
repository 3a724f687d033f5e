// Package examples holds small trained models with the cards that describe them, and
// synthetic inputs. README.md says where they come from.
package examples

import "embed"

// Files are the models, cards and samples, one folder a model.
//
//go:embed pneumonia-trunk mnist-lola tab-wdbc
var Files embed.FS
