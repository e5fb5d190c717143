package semantic

import (
	"strings"

	"belvedere"
)

// GroupSuffix makes the dimension of the groups of a list out of the dimension of its codes:
// "niveau.groupe" has a line for collèges and one for lycées.
const GroupSuffix = ".groupe"

// Base is the dimension of the dataset that a dimension of the lines reads.
func (d Dim) Base() string { return strings.TrimSuffix(d.Name, GroupSuffix) }

// column is the name of the dimension in a statement.
func (d Dim) column() string {
	if d.Groups {
		return d.Base() + "__groupe"
	}
	return d.Name
}

// codeDim reads a dimension of codes; a code is read as its group where lines are groups.
func (w *writer) codeDim(d Dim) string {
	if !d.Groups {
		return d.Name
	}
	var out strings.Builder
	out.WriteString("CASE " + d.Base())
	for _, c := range d.Dim.List.All() {
		if c.Group != "" {
			out.WriteString(" WHEN " + w.param(belvedere.Text, c.Code) + " THEN " + w.param(belvedere.Text, c.Group))
		}
	}
	out.WriteString(" ELSE " + d.Base() + " END AS " + d.column())
	return out.String()
}
