// Package chart draws results: a [belvedere.Result] goes in, an accessible fragment of a page
// comes out, as SVG with the HTML labels that stay readable at every width.
//
// The promise: a chart is true without its colours, without its picture and without a script.
// Every drawing has a title and a description in French that say its range, its extremes, its
// trend and what is missing; every series differs by a dash, a hatch or a direct label; a cell
// without value is a gap with its word, never a zero; and whatever the result holds (no row,
// one row, nothing but absences, absurd numbers, hostile text) the fragment is well formed.
//
// Fragments carry no style attribute and no script, so that they pass a strict content policy.
// Their classes are those of the look, section 9, and of chart.css beside this file, which the
// web package serves after it. Widths are fluid: positions across in %, heights in px, text
// never scaled.
package chart

import _ "embed"

// CSS holds the classes that charts need besides those of the look. It is served after them.
//
//go:embed chart.css
var CSS []byte
