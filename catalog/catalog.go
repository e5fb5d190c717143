// Package catalog embeds the declarations shipped with the program: code lists, datasets,
// indicators, pages, forms, kinds of person files and procedures, with the tests of the indicators. README.md
// tells the formats.
// It holds no code: semantic reads and checks what it embeds.
package catalog

import "embed"

// FS holds the catalogue: catalog.yaml, codes/, datasets/, indicators/, pages/, forms/, persons/ and procedures/.
//
//go:embed *.yaml all:codes all:datasets all:indicators all:pages all:forms all:persons all:procedures
var FS embed.FS
