// Package web holds the pages as `make web` builds them from the sources beside this file. In a checkout where that was
// not done it holds a page that says so.
package web

import (
	"embed"
	"io/fs"
)

//go:embed placeholder.html all:dist
var files embed.FS

// Dist returns the built pages: index.html, and assets, of which those with a .br and .gz beside them may exist in these
// forms only.
func Dist() fs.FS {
	dist, err := fs.Sub(files, "dist")
	if err != nil {
		panic(err) // not reached: the name is a constant
	}
	return dist
}

// Placeholder is the page that stands for those that were not built.
func Placeholder() []byte {
	b, err := files.ReadFile("placeholder.html")
	if err != nil {
		panic(err) // not reached: it is embedded
	}
	return b
}
