package definition

import (
	"belvedere"
	"belvedere/internal/territory/semantic"
)

// A Draft is a proposal as someone writes it, and Problems are what is wrong with one, each with its
// place in the part that holds it.
type (
	Draft    = semantic.Proposal
	Problems = semantic.Problems
)

// The parts of a draft by which Problems are placed.
const (
	PartCode   = semantic.PartCode
	PartReason = semantic.PartReason
)

// Expression writes an expression as declarations write it.
func Expression(e belvedere.Expr) string { return semantic.Text(e) }
