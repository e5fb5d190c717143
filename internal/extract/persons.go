package extract

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/pseudonym"
	"belvedere/internal/secret"
)

// The keys of an extract, made of those of the installation. What is made of the salt is gone with it.
func (s *Service) namer(salt []byte, code string) pseudonym.Namer {
	return pseudonym.NewNamer(s.Keys.Derive(secret.Sealing, "extrait/pseudonymes/"+string(salt)), s.markKey(), code)
}

func (s *Service) fileKey(salt []byte) []byte {
	return s.Keys.Derive(secret.Sealing, "extrait/fichier/"+string(salt))
}

// markKey ties marks to extracts. It does not depend on salts: a leaked copy of a deleted extract is told too.
func (s *Service) markKey() []byte { return s.Keys.Derive(secret.Sealing, "extrait/marques") }

// persons makes rows of persons under the pseudonyms of a salt.
func (s *Service) persons(ctx context.Context, v belvedere.Viewer, x Spec, namer pseudonym.Namer) (c content, risk pseudonym.Risk, err error) {
	sheet, risk, err := s.People.Sheet(ctx, v, x.Order, namer)
	if err != nil {
		return c, risk, err
	}
	kind := s.kindOf(v, x.Order)
	c = content{sheet: sheet, label: kind.Label + ", " + string(x.Order.School), rows: risk.Rows, people: risk.People}
	c.about = append(c.about, belvedere.Attribute{Name: "Établissement", Value: string(x.Order.School)})
	if text := FilterWords(x.Order.Where, kind.Columns); text != "" {
		c.about = append(c.about, belvedere.Attribute{Name: "Filtres", Value: text})
	}
	c.about = append(c.about, belvedere.Attribute{Name: "Personnes", Value: belvedere.FormatNumber(float64(risk.People), 0)})
	if risk.Named {
		c.about = append(c.about, belvedere.Attribute{Name: "Identités", Value: "Cet extrait contient des colonnes qui nomment des personnes."})
	} else {
		c.about = append(c.about, belvedere.Attribute{Name: "Pseudonymes", Value: "Propres à cet extrait\u00a0: ils ne se rapprochent d’aucun autre. Les données restent personnelles."},
			belvedere.Attribute{Name: "Risque de réidentification", Value: RiskWords(risk)})
	}
	return c, risk, nil
}

// RiskGrade is a risk in one word.
func RiskGrade(r pseudonym.Risk) string {
	switch {
	case r.Partial, r.People == 0:
		return ""
	case r.Share() >= 0.05:
		return "fort"
	case r.Unique > 0:
		return "réel"
	case r.Few > 0:
		return "modéré"
	}
	return "faible"
}

// RiskWords say how well persons hide in rows.
func RiskWords(r pseudonym.Risk) string {
	n := func(n int64) string { return belvedere.FormatNumber(float64(n), 0) }
	switch {
	case r.Partial:
		return "mesuré pendant la préparation\u00a0: il y a trop de lignes pour le faire avant."
	case r.People == 0:
		return "aucune personne."
	case r.Few == 0:
		return "chaque combinaison de valeurs est portée par " + n(r.Smallest) + " personnes au moins."
	}
	var parts []string
	if r.Unique > 0 {
		parts = append(parts, belvedere.Plural(int(r.Unique), "personne", "personnes")+" sur "+n(r.People)+" ("+belvedere.FormatNumber(100*r.Share(), 1)+"\u202f%) "+
			plural(r.Unique, "est seule à porter sa combinaison de valeurs", "sont seules à porter leur combinaison de valeurs"))
	}
	if few := r.Few - r.Unique; few > 0 {
		parts = append(parts, belvedere.Plural(int(few), "personne ne partage la sienne", "personnes ne partagent la leur")+" qu’avec trois autres au plus")
	}
	return strings.Join(parts, "\u202f; ") + "."
}

func plural(n int64, one, many string) string {
	if n < 2 {
		return one
	}
	return many
}

// MendWords say what would hide more persons.
func MendWords(m pseudonym.Mend) string {
	if m.Way == pseudonym.AsItIs {
		return "Retirer «\u00a0" + m.Label + "\u00a0»"
	}
	return "Prendre «\u00a0" + m.Label + "\u00a0» ainsi\u00a0: " + m.Way.Label()
}

// With is the spec with a remedy applied: one of its columns in a coarser way, or left out.
func (x Spec) With(column string, way pseudonym.Coarse) Spec {
	if !slices.Contains(x.Order.Columns, column) {
		return x
	}
	coarse := maps.Clone(x.Order.Coarse)
	if coarse == nil {
		coarse = map[string]pseudonym.Coarse{}
	}
	if way == pseudonym.AsItIs {
		delete(coarse, column)
		x.Order.Columns = slices.DeleteFunc(slices.Clone(x.Order.Columns), func(c string) bool { return c == column })
	} else {
		coarse[column] = way
	}
	x.Order.Coarse = coarse
	return x
}

// RiskOf is the risk that was measured when an extract was made.
func RiskOf(e registry.Extract) (r pseudonym.Risk, ok bool) {
	if e.Risk == "" || json.Unmarshal([]byte(e.Risk), &r) != nil {
		return pseudonym.Risk{}, false
	}
	return r, true
}

// FilterWords write the filters on rows of persons in words, with the names of the columns.
func FilterWords(where []dossier.Filter, columns []pseudonym.Column) string {
	var parts []string
	for _, f := range where {
		label, codes := f.Column, map[string]string{}
		for _, c := range columns {
			if c.Name == f.Column {
				label = c.Label
				for _, code := range c.Codes {
					codes[code.Code] = code.Label
				}
			}
		}
		var values []string
		for _, v := range f.Values {
			if name := codes[v]; name != "" {
				v = name
			}
			values = append(values, v)
		}
		text := strings.Join(values, " ou ")
		switch f.Op {
		case dossier.AtLeast:
			text = "à partir de " + text
		case dossier.AtMost:
			text = "jusqu’à " + text
		case dossier.NotIn:
			text = "sauf " + strings.Join(values, ", ")
		}
		parts = append(parts, label+"\u00a0: "+text)
	}
	return strings.Join(parts, "\u202f; ")
}

// kindOf is a sort of rows as someone may extract it.
func (s *Service) kindOf(v belvedere.Viewer, o pseudonym.Order) pseudonym.Kind {
	kinds, _ := s.People.Kinds(v, o.School)
	for _, k := range kinds {
		if k.Name == o.Kind {
			return k
		}
	}
	return pseudonym.Kind{Name: o.Kind, Label: o.Kind}
}

// operators are how filters are typed, the longest first.
var operators = []struct {
	text string
	op   dossier.Operator
}{{">=", dossier.AtLeast}, {"<=", dossier.AtMost}, {"!=", dossier.NotIn}, {"=", dossier.In}}

// WriteFilter is "etape=A|B", "etape!=A", "annee>=2024" or "credits<=30".
func WriteFilter(f dossier.Filter) string {
	for _, o := range operators {
		if o.op == f.Op || f.Op == "" && o.op == dossier.In {
			return f.Column + o.text + strings.Join(f.Values, "|")
		}
	}
	return f.Column
}

// ParseFilter reads what WriteFilter writes.
func ParseFilter(text string) (dossier.Filter, error) {
	for _, o := range operators {
		column, values, found := strings.Cut(text, o.text)
		if !found {
			continue
		}
		f := dossier.Filter{Column: strings.TrimSpace(column), Op: o.op}
		for v := range strings.SplitSeq(values, "|") {
			f.Values = append(f.Values, strings.TrimSpace(v))
		}
		return f, nil
	}
	return dossier.Filter{}, belvedere.Errorf(belvedere.Invalid, "Un filtre s’écrit colonne=valeur, colonne!=valeur, colonne>=valeur ou colonne<=valeur.")
}
