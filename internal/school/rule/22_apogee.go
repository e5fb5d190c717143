package rule

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"belvedere"
)

// usualScale is what marks are out of when the file gives no scale.
const usualScale = 20

var marks = Rule{
	Number: 22, Code: "apogee", Title: "Notes et résultats d’Apogée", Severity: Warning, Tool: ToolApogee,
	Text: "Une note va de 0 à son barème, 20 s’il n’est pas donné\u202f; un code comme ABI ou ABJ est d’une liste de la maquette, et remplace la note\u202f; " +
		"les colonnes sont de l’année et de la version du diplôme de la maquette, et chaque valeur a sa colonne\u202f; l’extraction des résultats est des mêmes étudiants et de la même année.",
	Origin: "Format de la maquette d’Apogée\u00a0: listes de codes, colonnes et valeurs",
	needs:  [][]string{{"apogee_valeur", "apogee_resultat"}},
	run: func(f *facts, found func(Finding)) {
		m := &f.maquette
		f.columnYears(found)
		m.versions(found)
		m.strangers(found)
		for _, x := range m.marks {
			if c := m.byID[x.column]; c != nil && x.value != "" {
				m.judge(x, c, found)
			}
		}
		f.extraction(found)
	},
}

// columnYears says which columns are not of the year of the titles.
func (f *facts) columnYears(found func(Finding)) {
	m := &f.maquette
	title := m.titles["apoC_annee"]
	year := strconv.Itoa(int(f.year))
	if first, _, _ := strings.Cut(title.value, "/"); first != "" {
		year = first
	}
	wrong := map[string][]*markColumn{}
	var order []string
	for _, c := range m.columns {
		if c.year == "" || c.year == year {
			continue
		}
		if wrong[c.year] == nil {
			order = append(order, c.year)
		}
		wrong[c.year] = append(wrong[c.year], c)
	}
	for _, y := range order {
		list := wrong[y]
		found(Finding{Key: key("annee", y),
			Message: belvedere.Plural(len(list), "colonne", "colonnes") + " de la maquette (" + listed(idsOf(list)) + ") sont de l’année " + y + ", et la maquette est de " + year + ".",
			Mend:    "Refaites la maquette dans Apogée pour une seule année universitaire.",
			A:       list[0].side(sourceApogee, "Année", y), B: title.side(sourceApogee, "apoC_annee", title.value)})
	}
}

func idsOf(list []*markColumn) (ids []string) {
	for _, c := range list {
		ids = append(ids, c.id)
	}
	return ids
}

// versions says which objects come in several versions, and which diploma is not that of the titles.
// The version of an étape (VET) is not that of the diploma (VDI): they are not compared.
func (m *maquette) versions(found func(Finding)) {
	first := map[[2]string]*markColumn{}
	said := map[[2]string]bool{}
	diploma, version := m.titles["apoC_cod_dip"], m.titles["apoC_cod_vdi"]
	for _, c := range m.columns {
		k := [2]string{c.sort, c.code}
		o := first[k]
		if o == nil {
			first[k] = c
		}
		switch {
		case said[k]:
		case o != nil && o.version != c.version:
			said[k] = true
			found(Finding{Key: key("version", c.sort, c.code),
				Message: "L’objet " + quoted(c.code) + " (" + c.sort + ") est dans la maquette en deux versions, " + quoted(o.version) + " et " + quoted(c.version) + ".",
				Mend:    "Refaites la maquette dans Apogée pour une seule version.",
				A:       o.side(sourceApogee, "Version", o.version), B: c.side(sourceApogee, "Version", c.version)})
		case c.sort == "VDI" && diploma.value != "" && (c.code != diploma.value || version.value != "" && c.version != version.value):
			said[k] = true
			found(Finding{Key: key("diplome", c.code),
				Message: "La colonne " + c.id + " est du diplôme " + c.code + ", version " + quoted(c.version) + ", et la maquette est de " + diploma.value + ", version " + quoted(version.value) + ".",
				Mend:    "Refaites la maquette dans Apogée pour un seul diplôme et une seule version.",
				A:       c.side(sourceApogee, "Version", c.version), B: version.side(sourceApogee, "apoC_cod_vdi", version.value)})
		}
	}
}

// strangers says which columns of values the maquette does not describe.
func (m *maquette) strangers(found func(Finding)) {
	first, count := map[string]mark{}, map[string]int{}
	var order []string
	for _, x := range m.marks {
		if m.byID[x.column] != nil {
			continue
		}
		if count[x.column] == 0 {
			first[x.column], order = x, append(order, x.column)
		}
		count[x.column]++
	}
	for _, id := range order {
		found(Finding{Key: key("colonne", id),
			Message: "La colonne " + quoted(id) + " a " + belvedere.Plural(count[id], "valeur", "valeurs") + ", et la maquette ne dit pas de quoi elle est.",
			Mend:    "Ne changez ni l’ordre ni les titres des colonnes d’une maquette\u00a0: reprenez celle d’Apogée et reportez-y les notes.",
			A:       first[id].side(sourceApogee, id, first[id].value)})
	}
}

// judge says what is wrong with a value.
func (m *maquette) judge(x mark, c *markColumn, found func(Finding)) {
	about := "de l’étudiant " + x.nip + " en " + quoted(c.code)
	var message, mend string
	switch c.says {
	case "N":
		message, mend = m.wrongMark(about, x.value, m.scale(x.nip, c))
	case "B":
		if v, ok := markOf(x.value); !ok || v <= 0 {
			message, mend = "Le barème "+about+" vaut "+quoted(x.value)+"\u00a0: ce n’est pas un nombre positif.", "Corrigez le barème dans Apogée."
		}
	case "R":
		message, mend = m.wrongResult(about, x.value)
	}
	if message != "" {
		found(Finding{Key: key(x.nip, x.column), Message: message, Mend: mend, A: x.side(sourceApogee, c.id, x.value), B: c.side(sourceApogee, "Type Rés.", c.says)})
	}
}

const mendMark = "Vérifiez la note auprès du jury, puis corrigez la maquette avant de la rendre à Apogée."

// wrongMark says what is wrong with a mark out of a scale, "" for nothing.
func (m *maquette) wrongMark(about, value, scale string) (message, mend string) {
	if v, ok := markOf(value); ok {
		most, ok := markOf(scale)
		if !ok || most <= 0 {
			most = usualScale
		}
		if v < 0 || v > most {
			return "La note " + about + ", " + value + ", n’est pas entre 0 et " + strings.TrimSuffix(belvedere.FormatNumber(most, 2), ",00") + ".", mendMark
		}
		return "", ""
	}
	parts := strings.Fields(value)
	if len(parts) > 1 && slices.ContainsFunc(parts, func(p string) bool { _, ok := markOf(p); return ok }) {
		return "La note " + about + ", " + quoted(value) + ", porte à la fois un nombre et un code\u00a0: un code remplace la note.", mendMark
	}
	if ok, known := m.instead(value); !ok && (known || !codeShape.MatchString(value)) {
		return "La note " + about + ", " + quoted(value) + ", n’est ni un nombre, ni un des codes que la maquette admet à la place d’une note.", mendMark
	}
	return "", ""
}

// wrongResult says what is wrong with a code of result, "" for nothing.
func (m *maquette) wrongResult(about, code string) (message, mend string) {
	if ok, known := m.resulting(code); !ok && known {
		return "Le résultat " + about + ", " + quoted(code) + ", n’est dans aucune liste de résultats de la maquette.",
			"Employez un des codes que la maquette énumère\u00a0: chaque université a les siens."
	}
	return "", ""
}

// codeShape is what a code looks like, when no list tells.
var codeShape = regexp.MustCompile(`^[A-Z]{1,5}$`)

// markShape is how a mark is written: a decimal comma or point, no exponent.
var markShape = regexp.MustCompile(`^-?[0-9]{1,6}([.,][0-9]{1,6})?$`)

func markOf(s string) (float64, bool) {
	if !markShape.MatchString(s) {
		return 0, false
	}
	return decimal(s)
}

// sourceApogee is how sides name the files of Apogée.
const sourceApogee = "apogee"
