package report

import (
	"fmt"
	"slices"

	"belvedere"
)

// asked is the older definition that the address asks a page for; nil when it asks for none. One
// that does not exist is an Invalid error.
func (b *pageBuilder) asked() (ind *belvedere.Indicator, version int, err error) {
	if b.state.Version == "" {
		return nil, 0, nil
	}
	code, version, err := splitVersion(b.state.Version)
	if err != nil {
		return nil, 0, err
	}
	if ind = b.r.model.Indicator(code); ind == nil || ind.Version(version) == nil {
		return nil, 0, belvedere.Errorf(belvedere.Invalid, "aucun indicateur n’a la définition %q", b.state.Version)
	}
	return ind, version, nil
}

// versioned asks for the older definition in the columns of its indicator, unless some of them do so
// already: tables show both side by side.
func (b *pageBuilder) versioned(columns []belvedere.QueryColumn) ([]belvedere.QueryColumn, error) {
	ind, version, err := b.asked()
	if ind == nil || slices.ContainsFunc(columns, func(c belvedere.QueryColumn) bool { return c.Version > 0 }) {
		return columns, err
	}
	columns = slices.Clone(columns)
	for i, c := range columns {
		if c.Indicator == ind.Code {
			columns[i] = b.r.ofVersion(c, version)
		}
	}
	return columns, nil
}

// beside puts the figures of the older definition before those of the one in force.
func (b *pageBuilder) beside(columns []belvedere.QueryColumn) ([]belvedere.QueryColumn, error) {
	ind, version, err := b.asked()
	if ind == nil {
		return columns, err
	}
	var out []belvedere.QueryColumn
	for _, c := range columns {
		if c.Indicator != ind.Code {
			out = append(out, c)
			continue
		}
		old := b.r.ofVersion(c, version)
		if c.Label == "" {
			c.Label = ind.Short
			if c.Rate && ind.Rate != nil {
				c.Label = ind.Rate.Label
			}
		}
		c.Label += " (en vigueur)"
		out = append(out, old, c)
	}
	return unique(out), nil
}

// versionChip says which older definition is shown, and leads back to the one in force.
func (b *pageBuilder) versionChip() error {
	ind, version, err := b.asked()
	if ind == nil {
		return err
	}
	label := fmt.Sprintf("%s, définition\u00a0%d", ind.Short, version)
	b.view.Chips = append(b.view.Chips, Chip{Label: label, Without: b.address(func(s *State) { s.Version = "" })})
	b.view.Heading.Filters = append(b.view.Heading.Filters, belvedere.Attribute{Name: "Définition", Value: label})
	return nil
}
