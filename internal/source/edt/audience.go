package edt

import "strings"

// A Part is one of those that a column CLASSE or GROUPES names.
type Part struct {
	Type  string // "classe", "groupe" or "partie"
	Name  string
	Class string // of a part of a class, "" when it does not say
}

// The types of parts.
const (
	Class    = "classe"
	Group    = "groupe"
	SubClass = "partie"
)

// parseAudience cuts a column CLASSE into those it names: « 6A », « [6AGL1] », « 6A <LATIN> »,
// « <6A> <LATIN> », and lists of them.
func parseAudience(text string) []Part {
	var list []Part
	for _, item := range cutList(text) {
		list = append(list, parseItem(item)...)
	}
	return list
}

// cutList cuts at the commas that stand outside brackets.
func cutList(text string) []string {
	var list []string
	depth, from := 0, 0
	for i, c := range text {
		switch c {
		case '<', '[':
			depth++
		case '>', ']':
			depth = max(0, depth-1)
		case ',', ';', '\n':
			if depth == 0 {
				list = append(list, text[from:i])
				from = i + 1
			}
		}
	}
	return append(list, text[from:])
}

// parseItem reads one item of a list. A name in angle brackets is a part of the class before it; the first
// one is the class itself when nothing is before.
func parseItem(item string) []Part {
	var list []Part
	class := ""
	for item = strings.TrimSpace(item); item != ""; item = strings.TrimSpace(item) {
		shape, name := byte(0), item
		if i := strings.IndexAny(item[1:], "<[>]"); i >= 0 {
			name = item[:i+1]
			if item[i+1] == '>' || item[i+1] == ']' {
				name = item[:i+2]
			}
		}
		item = item[len(name):]
		if name[0] == '<' || name[0] == '[' {
			shape = name[0]
		}
		name = strings.TrimSpace(strings.Trim(strings.TrimSpace(name), "<>[]"))
		switch {
		case name == "":
		case shape == '[':
			list = append(list, Part{Group, name, ""})
		case class == "":
			class = name
			list = append(list, Part{Class, name, ""})
		default:
			list = append(list, Part{SubClass, name, class})
		}
	}
	// A class that only tells whose part it is does not follow the lesson as a whole.
	if len(list) > 1 && list[0].Type == Class && list[1].Type == SubClass {
		list = list[1:]
	}
	return list
}
