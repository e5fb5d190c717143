package mapping_test

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/quick"

	"belvedere"
	"belvedere/internal/mapping"
	"belvedere/internal/source/table"
)

// sample reads the start of a real open data file, which lies outside the project.
func sample(t *testing.T, path string) ([]string, [][]string) {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", path))
	if err != nil {
		t.Skipf("open data are absent: %v", err)
	}
	defer f.Close()
	rows, err := table.Stream(f, table.Limits{}, table.Options{Ragged: true})
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for len(out) < 300 {
		r, err := rows.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		line := make([]string, len(r.Fields))
		for i, v := range r.Fields {
			line[i] = string(v)
		}
		out = append(out, line)
	}
	return rows.Header(), out
}

func wanted() []mapping.Target {
	return []mapping.Target{
		{Name: "etablissement", Labels: []string{"UAI", "Code UAI", "numéro de l’établissement"}, Shape: mapping.UAI},
		{Name: "commune", Labels: []string{"Code INSEE de la commune", "code commune"}, Shape: mapping.Commune},
		{Name: "annee", Labels: []string{"Rentrée scolaire", "année scolaire", "session", "exercice"}, Shape: mapping.Year},
		{Name: "jour", Labels: []string{"date"}, Shape: mapping.Day},
		{Name: "secteur", Labels: []string{"Secteur d’enseignement", "Statut public privé"}, Codes: &belvedere.CodeList{Label: "Secteur", Codes: []belvedere.Code{
			{Code: "public", Label: "Public", Aliases: []string{"PU"}}, {Code: "prive", Label: "Privé", Aliases: []string{"PR"}}}}, Shape: mapping.Code},
		{Name: "eleves", Labels: []string{"Nombre d’élèves", "Effectif", "Nombre total d'élèves"}, Shape: mapping.Integer},
		{Name: "ips", Labels: []string{"Indice de position sociale"}, Shape: mapping.Decimal},
	}
}

// TestOpenData proposes for the files of several producers, none of which wrote its headers for us.
func TestOpenData(t *testing.T) {
	for path, want := range map[string]map[string]string{
		"ips_fr/ips-ecoles.A.csv":                                 {"etablissement": "UAI", "commune": "Code INSEE de la commune", "annee": "Rentrée scolaire", "secteur": "Secteur", "eleves": "Effectifs", "ips": "IPS"},
		"ips_fr/ips-colleges.B.csv":                               {"etablissement": "uai", "commune": "code_insee_de_la_commune", "annee": "rentree_scolaire", "secteur": "secteur", "eleves": "effectifs", "ips": "ips"},
		"colleges_fr/ips_colleges_2023.csv":                       {"etablissement": "UAI", "annee": "Rentrée scolaire", "ips": "IPS"},
		"colleges_fr/ivac_2022_2023.csv":                          {"etablissement": "UAI", "annee": "Session", "secteur": "Secteur"},
		"colleges_fr/geolocalisation_colleges.csv":                {"etablissement": "numero_uai", "commune": "code_commune"},
		"dept35/fr-en-effectifs-second-degre.csv":                 {"etablissement": "Numero_d_etablissement", "annee": "Annee_scolaire", "secteur": "Secteur_d_enseignement", "eleves": "Nombre_d_eleves"},
		"dept35/fr-en-annuaire-education.csv":                     {"etablissement": "Identifiant_de_l_etablissement", "commune": "Code_commune", "secteur": "Statut_public_prive", "eleves": "Nombre_d_eleves"},
		"dept35/fr-en-ecoles-effectifs-nb_classes.csv":            {"etablissement": "Numéro de l'école", "annee": "Rentrée scolaire", "secteur": "Secteur", "eleves": "Nombre total d'élèves"},
		"dept35/fr-en-carte-scolaire-colleges-publics.csv":        {"etablissement": "Code_RNE", "commune": "code_insee"},
		"kpiesr/operateurs-indicateurs-financiers.2022-11-05.csv": {"etablissement": "uai - identifiant", "annee": "exercice", "commune": "code de la commune"},
		"kpiesr/effectifs-etudiants-hcp.2022-09-16.csv":           {"etablissement": "Identifiant(s) UAI", "annee": "annee", "commune": "etablissement_code_commune"},
		"nantes_cantines/tests/data/raw/frequentation.csv":        {"jour": "date"},
		"nantes_cantines/tests/data/raw/effectifs.csv":            {"annee": "annee_scolaire", "eleves": "effectif"},
		"nantes_cantines/tests/data/calculators/greves.csv":       {"jour": "date"},
	} {
		t.Run(path, func(t *testing.T) {
			header, rows := sample(t, path)
			r := mapping.Propose(header, rows, wanted())
			for target, column := range want {
				m := r.For(target)
				switch {
				case m == nil:
					t.Errorf("%s: nothing proposed, want %q", target, column)
				case header[m.Column] != column:
					t.Errorf("%s: proposed %q (%.2f, %s), want %q", target, header[m.Column], m.Score, m.Reason, column)
				case m.Reason == "":
					t.Errorf("%s: no reason", target)
				}
			}
			for _, m := range r.Matches {
				if _, ok := want[m.Target]; !ok && m.Score >= mapping.Sure {
					t.Errorf("%s: %q is proposed as sure (%s)", m.Target, header[m.Column], m.Reason)
				}
			}
		})
	}
}

func TestShapes(t *testing.T) {
	for _, c := range []struct {
		header string
		values []string
		shape  mapping.Shape
		format string
	}{
		{"RNE", []string{"0350017D", "0350793x", ""}, mapping.UAI, ""},
		{"cog", []string{"01004", "2A004", "35238"}, mapping.Commune, ""},
		{"Code postal", []string{"35000", "44100"}, mapping.Postcode, ""},
		{"code commune", []string{"35238", "44109"}, mapping.Commune, ""},
		{"consommation", []string{"35238", "44109"}, mapping.Integer, ""},
		{"date", []string{"01/09/2016", "2016-09-02", "NA"}, mapping.Day, "2025-11-30 ou 30/11/2025"},
		{"quand", []string{"2016-09-02 00:00:00"}, mapping.Day, "2025-11-30 00:00:00"},
		{"quand", []string{"2016-09-02 08:15:00"}, mapping.Instant, ""},
		{"periode", []string{"2016-09", "10/2016"}, mapping.Month, ""},
		{"campagne", []string{"2015-2016", "2016-17"}, mapping.Year, ""},
		{"exercice", []string{"2015", "2016"}, mapping.Year, ""},
		{"repas", []string{"2015", "2016"}, mapping.Integer, ""},
		{"Montant", []string{"1 234,5", "−3"}, mapping.Decimal, ""},
		{"Effectifs", []string{"520.0", "41"}, mapping.Integer, ""},
		{"département", []string{"035", "2A", "974"}, mapping.Departement, ""},
		{"type", []string{"M", "E", "M", "M/E"}, mapping.Code, ""},
		{"vide", []string{"", "NA", "-"}, mapping.Empty, ""},
		{"plat", []string{"Melon", "Hachis"}, mapping.Text, ""},
		{"1e5", []string{"1e5", "0x10"}, mapping.Text, ""},
	} {
		if s := mapping.Look(c.header, c.values); s.Shape != c.shape || s.Format != c.format {
			t.Errorf("%s %v: got %s %q, want %s %q", c.header, c.values, s.Shape, s.Format, c.shape, c.format)
		}
	}
}

func TestIdentities(t *testing.T) {
	for _, c := range []struct {
		header string
		value  string
		want   mapping.Identity
	}{
		{"Nom", "DUPONT", mapping.Name}, {"NOM_USUEL_ELEVE", "DUPONT", mapping.Name}, {"Prénom 1", "Zoé", mapping.Name}, {"firstName", "Zoé", mapping.Name},
		{"Nom de famille", "DUPONT", mapping.Name}, {"Civilité", "M.", mapping.Name}, {"Nom du responsable", "DUPONT", mapping.Name}, {"Nom du cuisinier", "DUPONT", mapping.Name},
		{"contact", "a.b@exemple.fr", mapping.Mail}, {"Mél", "", mapping.Mail}, {"Courriel", "", mapping.Mail},
		{"appel", "06 12 34 56 78", mapping.Phone}, {"Tél. domicile", "", mapping.Phone}, {"x", "+33612345678", mapping.Phone},
		{"code", "0123456789A", mapping.INE}, {"code", "123456789AB", mapping.INE}, {"N° INE", "", mapping.INE},
		{"n", "2 55 08 14 168 025 38", mapping.NIR}, {"n", "255081416802539", ""}, {"N° Sécurité sociale", "", mapping.NIR},
		{"Date de naissance", "01/02/2003", mapping.Birth}, {"né(e) le", "01/02/2003", mapping.Birth}, {"DDN", "", mapping.Birth},
		{"Numéro étudiant", "20123456", mapping.PersonKey}, {"id_student", "11391", mapping.PersonKey}, {"COD_ETU", "20123456", ""},
		{"Adresse du représentant", "1 rue X", mapping.Address}, {"IBAN", "", mapping.Bank},

		{"Nom de l'établissement", "COLLEGE X", ""}, {"Nom de la commune", "RENNES", ""}, {"cantine_nom", "COUDRAY", ""}, {"Nombre d'élèves", "12", ""},
		{"Nombre d'étudiants", "12", ""}, {"SIRET", "21350016800025", ""}, {"UAI", "0350017D", ""}, {"date_ouverture", "1965-10-01", ""}, {"Nombre de contacts par mail", "3", ""},
		{"Adresse", "2 rue de la Poste", ""}, {"numero_uai", "0350017D", ""}, {"Code_commune", "35238", ""}, {"montant", "1234567890123.5", ""},
	} {
		s := mapping.Look(c.header, []string{c.value, c.value})
		if s.Identity != c.want {
			t.Errorf("%q %q: got %q (%s), want %q", c.header, c.value, s.Identity, s.Why, c.want)
		}
		if (s.Identity != "") != (s.Why != "") {
			t.Errorf("%q %q: identity %q told by %q", c.header, c.value, s.Identity, s.Why)
		}
	}
}

// TestAverages tells counts from what must not be added.
func TestAverages(t *testing.T) {
	for header, want := range map[string]bool{"IPS": true, "Taux de réussite - G": true, "Part présents 3ème": true, "Note à l'écrit": true, "% boursiers": true, "Ecart-type de l'IPS": true,
		"Nombre d'élèves": false, "reel": false, "Effectifs": false, "Charges externes": false, "Nb notes": false} {
		if got := mapping.Look(header, []string{"1"}).Average != ""; got != want {
			t.Errorf("%s: average %t", header, got)
		}
	}
}

// TestPersonTable fills what is meant for identities with the columns that hold them.
func TestPersonTable(t *testing.T) {
	header := []string{"MATRICULE", "NOM_USUEL", "PRENOM", "NE_LE", "SEXE", "CORPS"}
	rows := [][]string{{"123", "DUPONT", "Zoé", "01/02/1983", "F", "PRAG"}, {"124", "MARTIN", "Ali", "04/05/1979", "M", "MCF"}}
	r := mapping.Propose(header, rows, []mapping.Target{
		{Name: "nom", Labels: []string{"Nom d’usage"}, Shape: mapping.Person, Identity: mapping.Name},
		{Name: "prenom", Labels: []string{"Prénom"}, Shape: mapping.Person, Identity: mapping.Name},
		{Name: "naissance", Labels: []string{"Date de naissance", "né le"}, Shape: mapping.Day, Identity: mapping.Birth},
		{Name: "sexe", Labels: []string{"Genre"}, Shape: mapping.Code},
		{Name: "ine", Labels: []string{"INE"}, Identity: mapping.INE, Required: true},
	})
	for target, want := range map[string]string{"nom": "NOM_USUEL", "prenom": "PRENOM", "naissance": "NE_LE", "sexe": "SEXE"} {
		if m := r.For(target); m == nil || header[m.Column] != want {
			t.Errorf("%s: got %+v, want %s", target, m, want)
		}
	}
	if !slices.Equal(r.Missing, []string{"ine"}) {
		t.Errorf("missing: %v", r.Missing)
	}
}

// TestProperties: any table gives one column to one target at most, the same whatever the order of
// its columns, with scores from 0 to 1.
func TestProperties(t *testing.T) {
	pool := []string{"UAI", "Code postal", "commune", "Nom", "date", "IPS", "Effectifs", "secteur", "année scolaire", "Nombre d'élèves", "\x00", "é", "N°", ""}
	cells := []string{"0350017D", "35238", "2025", "01/02/2025", "12,5", "", "NA", "public", "a@b.fr", "\xff", "-", "1e9"}
	property := func(seed uint64) bool {
		r := rand.New(rand.NewPCG(seed, 1))
		header := slices.Clone(pool)
		r.Shuffle(len(header), func(i, j int) { header[i], header[j] = header[j], header[i] })
		header = header[:1+r.IntN(len(header))]
		rows := make([][]string, r.IntN(12))
		for i := range rows {
			for range r.IntN(len(header) + 1) {
				rows[i] = append(rows[i], cells[r.IntN(len(cells))])
			}
		}
		first := mapping.Propose(header, rows, wanted())
		order := r.Perm(len(header))
		turned := make([]string, len(header))
		for i, j := range order {
			turned[i] = header[j]
		}
		lines := make([][]string, len(rows))
		for k, row := range rows {
			lines[k] = make([]string, len(header))
			for i, j := range order {
				if j < len(row) {
					lines[k][i] = row[j]
				}
			}
		}
		second := mapping.Propose(turned, lines, wanted())
		taken := map[int]bool{}
		for _, m := range first.Matches {
			other := second.For(m.Target)
			if taken[m.Column] || m.Score < 0 || m.Score > 1 || other == nil || header[m.Column] != turned[other.Column] || m.Score != other.Score {
				t.Logf("%q → %q: %+v, then %+v", header, turned, m, other)
				return false
			}
			taken[m.Column] = true
		}
		return len(first.Matches) == len(second.Matches) && len(first.Seen) == len(header)
	}
	if err := quick.Check(property, &quick.Config{MaxCount: 300}); err != nil {
		t.Error(err)
	}
}

// TestNumbers reads back every number in French and in English.
func TestNumbers(t *testing.T) {
	if err := quick.Check(func(n int32, cents uint8) bool {
		f := float64(n) + float64(cents%100)/100
		shown := belvedere.FormatNumber(f, 2)
		got, comma, ok := mapping.ParseNumber(shown)
		again, _, plain := mapping.ParseNumber(strings.ReplaceAll(strings.ReplaceAll(shown, ",", "."), belvedere.NarrowSpace, ""))
		return ok && plain && comma && got == again && belvedere.FormatNumber(got, 2) == shown
	}, nil); err != nil {
		t.Error(err)
	}
	for _, s := range []string{"", "1e5", "0x1", "1,2,3", "1,234.5", "Inf", "NaN", "--1", "1-2", "12a"} {
		if f, _, ok := mapping.ParseNumber(s); ok {
			t.Errorf("%q is read as %v", s, f)
		}
	}
}

func FuzzLook(f *testing.F) {
	f.Add("Nom", `["a","b"]`)
	f.Add("date", `["01/02/2025",""]`)
	f.Fuzz(func(t *testing.T, header, cells string) {
		var values []string
		if json.Unmarshal([]byte(cells), &values) != nil {
			values = strings.Split(cells, ",")
		}
		s := mapping.Look(header, values)
		if s.Filled > s.Total || s.Distinct > s.Filled || s.Share < 0 || s.Share > 1 || (s.Shape == mapping.Empty) != (s.Filled == 0) {
			t.Errorf("%+v", s)
		}
	})
}
