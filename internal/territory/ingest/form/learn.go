package form

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"belvedere"
	"belvedere/internal/mapping"
	"belvedere/internal/territory/semantic"
)

// mostLabel bounds the name of a member of an open list, in characters.
const mostLabel = 120

// learner gathers what a file brings to open lists. It is for one goroutine.
type learner struct {
	lists map[string]*learned
	order []string
}

// learned is what a file brings to one list.
type learned struct {
	plain map[string]string // spelling → code, of the members that other files brought and of these
	codes map[string]int    // code → place in fresh
	fresh []belvedere.Member
	known map[string]string // code → label, of those of other files
	other map[string]string // code → label that this file gives one of them
}

// open finds the code of a value of an open list, and gives it one when it is new.
func (l *learner) open(list *belvedere.CodeList, t []byte) (any, *problem) {
	in := l.of(list)
	text := strings.Join(strings.Fields(string(t)), " ")
	key := plain(printable(text, 200))
	if code := in.plain[key]; code != "" {
		return code, nil
	}
	if p := unfit(list, text); p != nil {
		return nil, p
	}
	code := memberCode(text)
	if in.known[code] != "" && strings.HasSuffix(code, "_"+fingerprint(text)) { // the same text came before, and is called otherwise now
		in.plain[key] = code
		return code, nil
	}
	if _, taken := in.codes[code]; taken || list.Find(code) != nil {
		code = clipped(code, 1) + "_" + fingerprint(key)
		if in.known[code] != "" {
			in.plain[key] = code
			return code, nil
		}
	}
	in.plain[key], in.codes[code] = code, len(in.fresh)
	in.fresh = append(in.fresh, belvedere.Member{List: list.Name, Code: code, Label: text})
	return code, nil
}

// of starts from the members that the list has.
func (l *learner) of(list *belvedere.CodeList) *learned {
	if in := l.lists[list.Name]; in != nil {
		return in
	}
	in := &learned{plain: map[string]string{}, codes: map[string]int{}, known: map[string]string{}, other: map[string]string{}}
	members := list.All()[len(list.Codes):]
	for round := range 3 { // a code wins over a label, a label over a former one; what two members share is neither's
		claimed := map[string]string{}
		for i := range members {
			c := &members[i]
			in.known[c.Code] = c.Label
			for _, s := range spellingsLearned(c, round) {
				if held, taken := claimed[plain(s)]; taken && held != c.Code {
					claimed[plain(s)] = ""
				} else {
					claimed[plain(s)] = c.Code
				}
			}
		}
		for s, code := range claimed {
			if _, taken := in.plain[s]; !taken {
				in.plain[s] = code
			}
		}
	}
	if l.lists == nil {
		l.lists = map[string]*learned{}
	}
	l.lists[list.Name] = in
	l.order = append(l.order, list.Name)
	return in
}

// spellingsLearned are the ways in which files write a member.
func spellingsLearned(c *belvedere.Code, round int) []string {
	switch round {
	case 0:
		return []string{c.Code}
	case 1:
		return []string{c.Label}
	}
	return c.Aliases
}

// name gives a member the name that another column of its line holds: the last one of the file.
func (l *learner) name(list *belvedere.CodeList, code, label string) {
	in := l.lists[list.Name]
	label = strings.Join(strings.Fields(printable(label, mostLabel)), " ")
	if in == nil || label == "" || unfit(list, label) != nil {
		return
	}
	if at, fresh := in.codes[code]; fresh {
		in.fresh[at].Label = label
	} else if in.known[code] != "" {
		in.other[code] = label
	}
}

// renamed are the members of before that the file calls otherwise, in the order of lists and codes.
func (l *learner) renamed() (out []belvedere.Member) {
	for _, name := range l.order {
		in := l.lists[name]
		for _, code := range slices.Sorted(maps.Keys(in.other)) {
			if in.other[code] != in.known[code] {
				out = append(out, belvedere.Member{List: name, Code: code, Label: in.other[code]})
			}
		}
	}
	return out
}

// members are the new ones, in the order of the lists and of the lines.
func (l *learner) members() (out []belvedere.Member) {
	for _, name := range l.order {
		out = append(out, l.lists[name].fresh...)
	}
	return out
}

// unfit refuses what cannot be the name of a member: too long, or telling who someone is.
func unfit(list *belvedere.CodeList, text string) *problem {
	if utf8.RuneCountInString(text) > mostLabel {
		return &problem{rule: "code_long", message: fmt.Sprintf("cette valeur de «\u00a0%s\u00a0» a plus de %d caractères", list.Name, mostLabel),
			mend: "Une nomenclature a des noms courts\u00a0: vérifiez que la colonne est la bonne."}
	}
	if who := mapping.IdentityOf(text); who != "" {
		return &problem{rule: "identite", message: fmt.Sprintf("cette valeur de «\u00a0%s\u00a0» désigne une personne (%s)", list.Name, who),
			mend: "Le territoire ne garde aucune donnée nominative\u00a0: retirez cette colonne du fichier."}
	}
	return nil
}

// memberCode makes a code of a name: letters and digits as they stand, without accents, and "_" for the rest.
func memberCode(text string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(text) {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		if r < utf8.RuneSelf && (isLower(byte(r)) || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9') {
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteRune(r)
		} else {
			gap = true
		}
	}
	code := b.String()
	switch {
	case code == "":
		return "x_" + fingerprint(text)
	case len(code) > semantic.MostOpenCode:
		return clipped(code, 9) + "_" + fingerprint(text)
	}
	return code
}

// clipped leaves room for something after a code.
func clipped(code string, room int) string {
	return strings.TrimRight(code[:min(len(code), semantic.MostOpenCode-room-9)], "_")
}

func fingerprint(s string) string {
	h := fnv.New32a()
	h.Write([]byte(s))
	return fmt.Sprintf("%08x", h.Sum32())
}
