package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"belvedere"
)

// TestGuideFormats holds the two chapters on formats to the catalogue, from which -update writes them.
func TestGuideFormats(t *testing.T) {
	m := model(t)
	for name, text := range map[string]string{"15-formats-publies.md": publishedFormats(m), "16-formats-reconnus.md": knownFormats(m)} {
		file := filepath.Join(guideDir, name)
		if *update {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != text {
			t.Errorf("%s is not what the catalogue says (%v): go test ./e2e -run TestGuideFormats -update", name, err)
		}
	}
}

const publishedHead = `# Formats publiés

Un fichier **publié** nomme ses colonnes sur sa première ligne : l’établissement (UAI), le temps, les dimensions et les mesures,
dans l’ordre que vous voulez. La casse et les accents des noms ne comptent pas. Ce chapitre est écrit d’après le catalogue ;
toutes les règles de lecture sont dans [FORMATS](../FORMATS.md), en anglais.

- **CSV** (séparateur point-virgule, virgule ou tabulation), **NDJSON** ou **Parquet**, nu ou compressé (gzip, zip) ; UTF-8 de préférence.
- Une case vide veut dire *inconnu* ; **0 veut dire zéro**. Une mesure que la source ne connaît pas se laisse de côté.
- Une colonne marquée * est obligatoire.

| Temps | Colonne | Exemple |
|---|---|---|
| heure | ` + "`heure`" + ` | ` + "`2026-03-29T08:00:00+02:00`" + `, avec le décalage |
| jour | ` + "`jour`" + ` | ` + "`2025-10-01`" + ` |
| mois | ` + "`mois`" + ` | ` + "`2025-10`" + ` |
| année scolaire | ` + "`annee`" + ` | ` + "`2025-2026`" + ` ou ` + "`2025`" + ` |
| période | ` + "`periode`" + ` et ` + "`debut`" + ` | ` + "`mois`" + ` et ` + "`2025-10-01`" + ` |
`

var kindWords = map[belvedere.DatasetKind]string{
	belvedere.Flow:     "des événements, qui s’ajoutent",
	belvedere.Stock:    "un état à une date : la dernière observation compte",
	belvedere.Distinct: "des personnes comptées une fois par période, qui ne s’ajoutent qu’entre établissements",
	belvedere.Register: "le répertoire : une ligne par établissement",
}

func publishedFormats(m *belvedere.Model) string {
	var b strings.Builder
	b.WriteString(publishedHead)
	lists := map[string]*belvedere.CodeList{}
	for _, d := range m.Datasets {
		fmt.Fprintf(&b, "\n## %s : `%s`\n\n%s\n\n", d.Label, d.Name, d.Doc)
		fmt.Fprintf(&b, "- Nature : %s.\n- Une livraison remplace : ce qu’elle contient, par %s.\n", kindWords[d.Kind], sliceWords(d))
		if d.Retention != "" {
			fmt.Fprintf(&b, "- Conservation : %s.\n", lowerFirst(d.Retention))
		}
		b.WriteString("\n| Colonne | Contenu |\n|---|---|\n| `etablissement` * | UAI |\n")
		for _, c := range timeColumns(d) {
			fmt.Fprintf(&b, "| `%s` * | %s |\n", c[0], c[1])
		}
		for _, x := range d.Dimensions {
			star := " *"
			if x.Optional {
				star = ""
			}
			what := x.Label
			if x.List != nil {
				what += fmt.Sprintf(", liste [%s](#liste-%s)", x.List.Name, x.List.Name)
				lists[x.List.Name] = x.List
			}
			fmt.Fprintf(&b, "| `%s`%s | %s |\n", x.Name, star, what)
		}
		for _, x := range d.Measures {
			star, what := "", x.Label
			if x.Required {
				star = " *"
			}
			switch {
			case x.Text:
				what += " (texte)"
			case x.Decimal:
				what += ", nombre décimal"
			}
			fmt.Fprintf(&b, "| `%s`%s | %s |\n", x.Name, star, what)
		}
		b.WriteString("\n```\n" + sample(d) + "```\n")
	}
	b.WriteString("\n# Listes de codes\n\nLe code, le libellé ou une orthographe connue conviennent.\n")
	for _, name := range sortedKeys(lists) {
		fmt.Fprintf(&b, "\n## Liste `%s`\n\n", name)
		if lists[name].Open {
			b.WriteString("Liste ouverte : une valeur nouvelle y entre avec le fichier qui l’apporte. Ce qui désigne une personne est refusé.\n")
			if len(lists[name].Codes) > 0 {
				b.WriteString("\n")
			}
		}
		for _, c := range lists[name].Codes {
			fmt.Fprintf(&b, "- `%s` : %s\n", c.Code, c.Label)
		}
	}
	return typography.Replace(b.String())
}

// typography puts the no-break space of French before colons and inside quotation marks.
var typography = strings.NewReplacer(" : ", belvedere.NoBreak+": ", " :\n", belvedere.NoBreak+":\n", " ;", belvedere.NarrowSpace+";", "« ", "«"+belvedere.NoBreak, " »", belvedere.NoBreak+"»")

func sliceWords(d *belvedere.Dataset) string {
	words := map[string]string{"etablissement": "établissement", "jour": "jour", "mois": "mois", "annee": "année scolaire", "periode": "période"}
	var parts []string
	for _, s := range d.Slice {
		parts = append(parts, words[s])
	}
	return strings.Join(parts, " et ")
}

func timeColumns(d *belvedere.Dataset) [][2]string {
	switch d.Time {
	case belvedere.ByPeriod:
		return [][2]string{{"periode", "jour, mois ou annee"}, {"debut", "premier jour de la période"}}
	case belvedere.ByHour:
		return [][2]string{{"heure", "heure pleine, avec son décalage"}}
	case belvedere.ByDay:
		return [][2]string{{"jour", "jour"}}
	case belvedere.ByMonth:
		return [][2]string{{"mois", "mois"}}
	case belvedere.ByYear:
		return [][2]string{{"annee", "année scolaire"}}
	}
	return nil
}

// sample is a file of one line.
func sample(d *belvedere.Dataset) string {
	names, values := []string{"etablissement"}, []string{"9990001X"}
	moments := map[string]string{"periode": "mois", "debut": "2025-10-01", "heure": "2025-10-01T08:00:00+02:00", "jour": "2025-10-01", "mois": "2025-10", "annee": "2025-2026"}
	for _, c := range timeColumns(d) {
		names, values = append(names, c[0]), append(values, moments[c[0]])
	}
	for _, x := range d.Dimensions {
		names = append(names, x.Name)
		if x.List != nil {
			code := "A1"
			switch {
			case x.List.Find("6eme") != nil:
				code = "6eme"
			case len(x.List.Codes) > 0:
				code = x.List.Codes[0].Code
			}
			values = append(values, code)
		} else {
			values = append(values, "")
		}
	}
	for i, x := range d.Measures {
		names = append(names, x.Name)
		switch {
		case x.Text && x.Required:
			values = append(values, "Collège Alphonse-Daudet")
		case x.Text || i > 5:
			values = append(values, "")
		case x.Decimal:
			values = append(values, "105.5")
		default:
			values = append(values, [...]string{"24", "12", "7", "5", "3", "2"}[i])
		}
	}
	return strings.Join(names, ";") + "\n" + strings.Join(values, ";") + "\n"
}

func knownFormats(m *belvedere.Model) string {
	var b strings.Builder
	b.WriteString(`# Formats reconnus

Ces fichiers de l’*open data* sont reconnus **par leurs titres de colonnes**, quels que soient leur nom, leur ordre, leur casse,
leurs accents ou leurs séparateurs. Il suffit de les déposer, ou de les charger :

` + "```sh\nbelvedere load fr-en-annuaire-education.csv fr-en-college-effectifs-niveau-sexe-lv.csv\n```" + `

Un fichier dont les titres ont changé est refusé avec le format le plus proche et la colonne qui manque. Quand deux sources
donnent la même tranche, la plus fine l’emporte : le rang le plus élevé, les formats publiés ayant le rang 100.

Les données de la DEPP sont sous Licence Ouverte 2.0 : citez « DEPP, data.education.gouv.fr » avec ce que vous publiez.
`)
	for _, f := range m.Forms {
		fmt.Fprintf(&b, "\n## %s : `%s`\n\nSource : %s.\n\n", f.Label, f.Code, f.Source)
		if f.Refuse != "" {
			fmt.Fprintf(&b, "Reconnu, et **refusé** : %s.\n", f.Refuse)
			continue
		}
		var feeds []string
		for _, o := range f.Outputs {
			feeds = append(feeds, fmt.Sprintf("`%s`", o.Dataset))
		}
		fmt.Fprintf(&b, "Alimente : %s. Rang : %d.\n\n| Colonne | Titres reconnus | Obligatoire |\n|---|---|---|\n", strings.Join(feeds, ", "), f.Rank)
		for _, c := range f.Columns {
			must := ""
			if c.Required {
				must = "oui"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.Name, strings.Join(c.Headers, " · "), must)
		}
	}
	return typography.Replace(b.String())
}

// lowerFirst begins a text as the rest of a sentence.
func lowerFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[size:]
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
