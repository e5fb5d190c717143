package semantic

import (
	"regexp"
	"strings"

	"belvedere"
)

var (
	nameShape = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	codeShape = regexp.MustCompile(`^[A-Za-z0-9]+(_[A-Za-z0-9]+)*$`)
	pathShape = regexp.MustCompile(`^/$|^(/[a-z0-9]+(-[a-z0-9]+)*)+$`)
)

// reservedColumns are columns that every table may hold besides what its dataset declares.
var reservedColumns = map[string]bool{
	"etablissement": true, "annee": true, "mois": true, "jour": true, "heure": true, "instant": true, "periode": true,
	"debut": true, "livraison": true, "entree": true, "sortie": true, "origine": true, "rang": true,
}

// A nameSet is the names of one kind with their places, to find the second use of each.
type nameSet map[string]mark

// name checks the shape of a name and that it is new.
func (d *declarations) name(w word, at mark, key string, shape *regexp.Regexp, seen nameSet) string {
	switch {
	case !w.set || w.s == "":
		d.required(w, at, key)
		return ""
	case !shape.MatchString(w.s) || len(w.s) > 60:
		d.fault(w.at, "le nom %s n’est pas admis\u00a0: lettres minuscules sans accent, chiffres et «\u00a0_\u00a0», 60 au plus", quote(w.s))
	}
	if first, again := seen[w.s]; again {
		d.fault(w.at, "%s est déclaré deux fois\u00a0: voyez %s, ligne %d", quote(w.s), first.file.name, first.line)
	} else {
		seen[w.s] = w.at
	}
	return w.s
}

// once notes a word that was already seen.
func (d *declarations) once(w word, what string, seen nameSet) {
	if _, again := seen[w.s]; again {
		d.fault(w.at, "%s %s est là deux fois", what, quote(w.s))
	}
	seen[w.s] = w.at
}

func (d *declarations) checkWidgets() {
	seen := nameSet{}
	for _, c := range d.catalogs {
		for _, w := range c.Widgets {
			if w.Code.set && !nameShape.MatchString(strings.Replace(w.Code.s, ".", "_", 1)) {
				d.fault(w.Code.at, "le droit %s doit s’écrire menu ou menu.partie", quote(w.Code.s))
			}
			code := d.required(w.Code, w.At, "code")
			d.once(w.Code, "le droit", seen)
			d.model.Widgets = append(d.model.Widgets, belvedere.Widget{
				Code: code, Label: d.required(w.Label, w.At, "label"), Menu: d.required(w.Menu, w.At, "menu"), Doc: w.Doc.s,
			})
		}
	}
}

// widget checks that a right is declared; an absent one is open to all.
func (d *declarations) widget(w word) string {
	if !w.set || w.s == "" {
		return ""
	}
	var known []string
	for _, k := range d.model.Widgets {
		if k.Code == w.s {
			return w.s
		}
		known = append(known, k.Code)
	}
	d.fault(w.at, "le droit %s est inconnu%s", quote(w.s), orNear(w.s, known))
	return w.s
}

func (d *declarations) checkCodes() {
	seen := nameSet{}
	for _, file := range d.codes {
		if len(file.Codes) == 0 {
			d.fault(file.At, "la clé «\u00a0codes\u00a0» manque")
		}
		for i := range file.Codes {
			w := &file.Codes[i]
			name := d.name(w.List, w.At, "list", nameShape, seen)
			list := &belvedere.CodeList{Name: name, Label: d.required(w.Label, w.At, "label")}
			d.codeList(w, list)
			if d.model.CodeLists[name] == nil {
				d.model.CodeLists[name] = list
			}
		}
	}
}

// codeList checks the members of a list: codes, groups of two levels at most, one total, and
// spellings that lead to one code only.
func (d *declarations) codeList(w *wireList, list *belvedere.CodeList) {
	if list.Open = w.Open.on; len(w.Codes) == 0 && !list.Open {
		d.fault(w.At, "la liste %s n’a pas de code", quote(list.Name))
	}
	codes, spelt, total := nameSet{}, map[string]string{}, ""
	for _, c := range w.Codes {
		code := belvedere.Code{
			Code: d.required(c.Code, c.At, "code"), Label: d.required(c.Label, c.At, "label"),
			Short: c.Short.s, Group: c.Group.s, Total: c.Total.on,
		}
		if c.Code.s != "" && !codeShape.MatchString(c.Code.s) {
			d.fault(c.Code.at, "le code %s n’est pas admis\u00a0: lettres sans accent, chiffres et «\u00a0_\u00a0»", quote(c.Code.s))
		}
		d.once(c.Code, "le code", codes)
		if c.Group.set && !nameShape.MatchString(c.Group.s) {
			d.fault(c.Group.at, "le groupe %s n’est pas un nom admis", quote(c.Group.s))
		}
		if c.Total.on {
			if total != "" {
				d.fault(c.Total.at, "la liste a déjà un total, %s", quote(total))
			}
			total = code.Code
		}
		d.spelling(c.Code, code.Code, spelt)
		for _, a := range c.Aliases {
			d.spelling(a, code.Code, spelt)
			code.Aliases = append(code.Aliases, a.s)
		}
		list.Codes = append(list.Codes, code)
	}
	for i, c := range list.Codes {
		if g := list.Find(c.Group); g != nil && c.Group != "" && g.Group != "" {
			d.fault(w.Codes[i].Group.at, "le groupe %s est lui-même dans un groupe\u00a0: deux niveaux au plus", quote(c.Group))
		}
	}
}

// spelling notes a spelling that two codes claim. Spellings are compared without case,
// accents or separators, as files are read.
func (d *declarations) spelling(w word, code string, spelt map[string]string) {
	key := FoldSpelling(w.s)
	if other, taken := spelt[key]; taken && other != code {
		d.fault(w.at, "l’écriture %s mène déjà au code %s", quote(w.s), quote(other))
		return
	}
	spelt[key] = code
}

var unaccent = strings.NewReplacer(
	"à", "a", "â", "a", "ä", "a", "á", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e", "î", "i", "ï", "i", "í", "i",
	"ô", "o", "ö", "o", "ó", "o", "ù", "u", "û", "u", "ü", "u", "ú", "u", "ÿ", "y", "ñ", "n", "œ", "oe", "æ", "ae")

// FoldSpelling reduces a spelling to what tells codes apart: lower case, without accents, with
// letters, digits and "+<>" only ("6ème SEGPA", "6EME-SEGPA" → "6emesegpa").
func FoldSpelling(s string) string {
	var b strings.Builder
	for _, r := range unaccent.Replace(strings.ToLower(s)) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("+<>", r) || r > 0x24f {
			b.WriteRune(r)
		}
	}
	return b.String()
}
