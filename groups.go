package belvedere

import (
	"slices"
	"strings"
)

// Grouped tells whether codes of the dimension belong to broader ones.
func (d *Dimension) Grouped() bool {
	return d.List != nil && slices.ContainsFunc(d.List.All(), func(c Code) bool { return c.Group != "" })
}

// GroupOf is the group of a code, the code itself when it belongs to none.
func (d *Dimension) GroupOf(code string) string {
	if d.List != nil {
		for _, c := range d.List.All() {
			if c.Code == code && c.Group != "" {
				return c.Group
			}
		}
	}
	return code
}

// GroupLabel names a group of a list: by the code of that name here or in another list of the
// catalogue, since "college" is a type of school too, else by its own letters.
func (m *Model) GroupLabel(list *CodeList, group string) string {
	if c := list.Find(group); c != nil {
		return c.Label
	}
	if types := m.CodeLists["types"]; types != nil {
		if c := types.Find(group); c != nil {
			return c.Label
		}
	}
	if group == "" {
		return "Non ventilé"
	}
	return strings.ToUpper(group[:1]) + strings.ReplaceAll(group[1:], "_", " ")
}
