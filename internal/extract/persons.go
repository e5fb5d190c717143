package extract

import (
	"context"
	"encoding/json"
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
	c = content{sheet: sheet, label: s.personsLabel(v, x), rows: risk.Rows, people: risk.People}
	c.about = append(c.about, belvedere.Attribute{Name: "Établissement", Value: string(x.Order.School)})
	if text := FilterWords(x.Order.Where); text != "" {
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

// personsLabel is what rows of persons are, in words.
func (s *Service) personsLabel(v belvedere.Viewer, x Spec) string {
	kinds, _ := s.People.Kinds(v, x.Order.School)
	for _, k := range kinds {
		if k.Name == x.Order.Kind {
			return k.Label + ", " + string(x.Order.School)
		}
	}
	return x.Order.Kind + ", " + string(x.Order.School)
}

// RiskWords say how well persons hide in rows.
func RiskWords(r pseudonym.Risk) string {
	if r.Partial {
		return "mesuré pendant la préparation\u00a0: il y a trop de lignes pour le faire avant."
	}
	if r.People == 0 {
		return "aucune personne."
	}
	n := func(n int64) string { return belvedere.FormatNumber(float64(n), 0) }
	text := "le plus petit groupe de personnes semblables en compte " + n(r.Smallest) + "\u202f; " + n(r.Unique) + " personnes sur " + n(r.People) +
		" sont seules de leur sorte (" + belvedere.FormatNumber(100*r.Share(), 1) + "\u202f%), " + n(r.Few) + " sont moins de cinq à se ressembler."
	return text
}

// RiskOf is the risk that was measured when an extract was made.
func RiskOf(e registry.Extract) (r pseudonym.Risk, ok bool) {
	if e.Risk == "" || json.Unmarshal([]byte(e.Risk), &r) != nil {
		return pseudonym.Risk{}, false
	}
	return r, true
}

// FilterWords write the filters on rows of persons as they are typed.
func FilterWords(where []dossier.Filter) string {
	var parts []string
	for _, f := range where {
		parts = append(parts, WriteFilter(f))
	}
	return strings.Join(parts, "\u202f; ")
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
