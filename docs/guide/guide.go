// Package guide holds the chapters of the user guide and their pictures, as they are written.
package guide

import "embed"

// Files are the chapters (Markdown) and the folder of their pictures.
//
//go:embed *.md images/*.png
var Files embed.FS
