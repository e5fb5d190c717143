package table

import (
	"slices"
	"strings"
	"unicode"
)

// headerOf finds the header among the lines at the top of a table, of which the widest has so many filled
// cells: titles may stand above it, and groups of columns in merged cells over their names. It gives the
// names of the columns and how many lines stand above the first row.
func headerOf(lines [][]string, widest int) (names []string, below int, ok bool) {
	for i, cells := range lines {
		if n := filled(cells); n == 0 || n*2 < widest {
			continue
		}
		if i+1 < len(lines) && underGroups(cells, lines[i+1]) {
			return joinGroups(cells, lines[i+1]), i + 2, true
		}
		return cells, i + 1, true
	}
	return nil, 0, false
}

// underGroups tells whether a line names the columns of groups that the line above it names: it fills the
// gaps that merged cells leave, with names and no values.
func underGroups(above, line []string) bool {
	gaps, filledGaps, first := 0, 0, -1
	for i := range max(len(above), len(line)) {
		name, group := strings.TrimSpace(cellAt(line, i)), strings.TrimSpace(cellAt(above, i))
		if name != "" && !namesColumn(name) {
			return false
		}
		if group != "" && first < 0 {
			first = i
		}
		if group != "" || first < 0 {
			continue
		}
		gaps++
		if name != "" {
			filledGaps++
		}
	}
	// Each gap is named, and so is the first column of at least one group.
	return gaps > 0 && filledGaps == gaps && slices.ContainsFunc(above, func(g string) bool { return strings.TrimSpace(g) != "" }) &&
		filled(line) > filledGaps
}

// joinGroups names each column by its own name, with that of its group where two would be alike; a column
// whose name stands in the line of groups, merged with the cell below, keeps it.
func joinGroups(above, line []string) []string {
	names := make([]string, max(len(above), len(line)))
	groups := make([]string, len(names))
	times := map[string]int{}
	group := ""
	for i := range names {
		if g := strings.TrimSpace(cellAt(above, i)); g != "" {
			group = g
		}
		names[i], groups[i] = strings.TrimSpace(cellAt(line, i)), group
		if names[i] == "" {
			names[i], groups[i] = group, ""
		}
		times[nameKey(names[i])]++
	}
	for i, name := range names {
		if times[nameKey(name)] > 1 && groups[i] != "" {
			names[i] = groups[i] + " " + name
		}
	}
	return names
}

func cellAt(cells []string, i int) string {
	if i < len(cells) {
		return cells[i]
	}
	return ""
}

// namesColumn tells a name from a value: it has letters, and more of them than digits.
func namesColumn(s string) bool {
	letters, digits := 0, 0
	for _, r := range s {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		}
	}
	return letters > digits
}
