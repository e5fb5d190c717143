package dataset

import (
	"cmp"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/mapping"
	"belvedere/internal/source/table"
	"belvedere/internal/words"
)

// sampleRows is how many rows tell what columns are, fewer where there are so many columns that sampleCells would be
// passed, but leastRows at least; ShownRows is how many of them are shown.
const (
	sampleRows  = 2000
	sampleCells = 300_000
	leastRows   = 100
	ShownRows   = 20
)

// A Sample is the start of a table with what its columns seem to be.
type Sample struct {
	File    string // as its sender calls it
	Member  string // sheet, or file of an archive
	Members []string
	Format  table.Format
	Header  []string
	Rows    [][]string
	Seen    []mapping.Seen
	Faults  int // rows of the sample that could not be read
}

// Read takes a sample of a table: of the member that is named, or of the first one.
func Read(file io.ReaderAt, size int64, name, member string) (_ *Sample, err error) {
	a, err := table.Open(file, size, name, limits)
	if err != nil {
		return nil, err
	}
	s := &Sample{File: name}
	var chosen *table.Member
	for _, m := range a.Members {
		if m.Kind == table.Parquet {
			continue
		}
		called := m.Sheet
		if called == "" {
			called = m.Name
		}
		s.Members = append(s.Members, called)
		if chosen == nil && (member == "" || called == member) {
			chosen, s.Member = m, called
		}
	}
	if chosen == nil {
		return nil, belvedere.Errorf(belvedere.Invalid, "Ce fichier n’a pas de tableau CSV, NDJSON, Excel ou LibreOffice à lire ici. Un fichier Parquet se dépose tel quel, au format publié d’un jeu.")
	}
	rows, err := chosen.Rows(table.Options{})
	if err != nil {
		return nil, err
	}
	s.Header = slices.Clone(rows.Header())
	most := min(sampleRows, max(leastRows, sampleCells/max(1, len(s.Header))))
	for len(s.Rows) < most {
		r, err := rows.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if r.Fault != nil {
			if s.Faults++; s.Faults > sampleRows {
				break
			}
			continue
		}
		line := make([]string, len(r.Fields))
		for i, f := range r.Fields {
			line[i] = string(f)
		}
		s.Rows = append(s.Rows, line)
	}
	s.Format = table.FormatOf(rows)
	s.Seen = mapping.LookAll(s.Header, s.Rows)
	return s, nil
}

// limits bound what a file that someone tries out may cost.
var limits = table.Limits{Unpacked: 1 << 30}

// keyTargets are the columns that make the key of a row.
func keyTargets() []mapping.Target {
	return []mapping.Target{
		{Name: string(KeySchool), Labels: []string{"UAI", "Code UAI", "RNE", "numéro d’établissement", "établissement", "identifiant de l’établissement"}, Shape: mapping.UAI},
		{Name: string(KeyTown), Labels: []string{"Code INSEE de la commune", "code commune", "INSEE", "depcom", "codgeo", "commune"}, Shape: mapping.Commune},
		{Name: string(KeyDay), Labels: []string{"date", "jour", "date d’observation"}, Shape: mapping.Day},
		{Name: string(KeyMonth), Labels: []string{"mois", "période"}, Shape: mapping.Month},
		{Name: string(KeyYear), Labels: []string{"année scolaire", "rentrée scolaire", "année", "session", "exercice", "millésime", "année universitaire"}, Shape: mapping.Year},
	}
}

// dimensionTargets are the lists of the catalogue, so that a new dataset shares its details with others.
func dimensionTargets(m *belvedere.Model) (out []mapping.Target, lists map[string]*belvedere.Dimension) {
	lists = map[string]*belvedere.Dimension{}
	for _, d := range m.Datasets {
		for i := range d.Dimensions {
			dim := &d.Dimensions[i]
			if d.Kind == belvedere.Register || dim.List == nil || lists[dim.Name] != nil {
				continue
			}
			lists[dim.Name] = dim
			list := *dim.List
			list.Codes = dim.List.All()
			out = append(out, mapping.Target{Name: dim.Name, Labels: []string{dim.Label, dim.List.Label}, Codes: &list, Shape: mapping.Code})
		}
	}
	return out, lists
}

// Propose makes a plan of what the columns seem to be: for a dataset when one is named, else for a new one.
func Propose(m *belvedere.Model, s *Sample, into string) *Plan {
	p := &Plan{Into: into, Kind: belvedere.Flow, Widget: "aucun", Basis: DefaultBasis, Keep: "10 ans", Secrecy: "aucun", Repeat: "erreur"}
	p.Label = labelOf(s.File)
	p.Name = freeName(m, Slug(p.Label))
	for _, h := range s.Header {
		p.Columns = append(p.Columns, Column{Header: h, Weight: -1, Name: Slug(h), Label: tidyLabel(h), Adds: Adds})
	}
	if d := m.Dataset(into); d != nil {
		proposeInto(p, d, s)
		return p
	}
	taken := proposeKeys(p, s)
	proposeDimensions(p, m, s, taken)
	weights := weightOf(p, s, taken)
	for i, seen := range s.Seen {
		c := &p.Columns[i]
		if taken[i] || seen.Identity != "" || geographic(seen) {
			continue
		}
		switch seen.Shape {
		case mapping.Integer, mapping.Decimal:
			c.Role, c.Unit = Measure, unitOf(c.Label)
			if seen.Average != "" {
				if c.Adds, c.Weight = Simple, -1; weights >= 0 && weights != i && p.Place() == belvedere.BySchool {
					c.Adds, c.Weight = Weighted, weights
				}
			}
		case mapping.Code:
			if seen.Distinct > 1 && seen.Distinct <= 100 && !slices.Contains(placeWords, Slug(seen.Header)) {
				c.Role = Dimension
			}
		}
	}
	p.uniqueNames(m)
	if stockLike(p, s) {
		p.Kind = belvedere.Stock
	}
	return p
}

// proposeKeys takes the school before the town, the day before the year; it tells which columns are used.
func proposeKeys(p *Plan, s *Sample) map[int]bool {
	taken := map[int]bool{}
	r := mapping.ProposeSeen(s.Header, s.Seen, keyTargets())
	first := func(sure float64, roles ...Role) {
		for _, role := range roles {
			m := r.For(string(role))
			if m == nil || m.Score < sure || s.Seen[m.Column].Identity != "" && role != KeySchool {
				continue
			}
			if shape := s.Seen[m.Column].Shape; role == KeySchool && shape != mapping.UAI || role == KeyTown && shape != mapping.Commune {
				continue // a name: someone may say which schools they stand for
			}
			p.Columns[m.Column].Role, taken[m.Column] = role, true
			return
		}
	}
	first(0.5, KeySchool, KeyTown)
	first(0.5, KeyDay, KeyMonth, KeyYear)
	if p.key(KeyYear) >= 0 && r.For(string(KeyYear)) == nil {
		p.Year = ""
	}
	return taken
}

func proposeDimensions(p *Plan, m *belvedere.Model, s *Sample, taken map[int]bool) {
	targets, lists := dimensionTargets(m)
	r := mapping.ProposeSeen(s.Header, s.Seen, targets)
	for _, match := range r.Matches {
		seen := s.Seen[match.Column]
		if taken[match.Column] || match.Score < mapping.Sure || seen.Identity != "" || seen.Shape != mapping.Code && seen.Shape != mapping.Text {
			continue
		}
		dim := lists[match.Target]
		c := &p.Columns[match.Column]
		c.Role, c.Name, c.Label, c.List = Dimension, dim.Name, dim.Label, dim.List.Name
		taken[match.Column] = true
	}
}

// proposeInto fills the columns of a dataset that is there.
func proposeInto(p *Plan, d *belvedere.Dataset, s *Sample) {
	targets := keyTargets()
	for _, dim := range d.Dimensions {
		list := dim.List
		if list != nil {
			all := *dim.List
			all.Codes = dim.List.All()
			list = &all
		}
		targets = append(targets, mapping.Target{Name: dim.Name, Labels: []string{dim.Label}, Codes: list, Shape: mapping.Code})
	}
	for _, m := range d.Measures {
		targets = append(targets, mapping.Target{Name: m.Name, Labels: []string{m.Label}, Shape: mapping.Decimal, Required: m.Required})
	}
	r := mapping.ProposeSeen(s.Header, s.Seen, targets)
	for _, match := range r.Matches {
		c := &p.Columns[match.Column]
		switch role := Role(match.Target); {
		case s.Seen[match.Column].Identity != "":
		case slices.Contains(Roles, role):
			c.Role = role
		case d.Dimension(match.Target) != nil:
			c.Role, c.Name, c.Label = Dimension, match.Target, d.Dimension(match.Target).Label
		default:
			one := d.Measure(match.Target)
			c.Role, c.Name, c.Label, c.Unit = Measure, one.Name, one.Label, one.Unit
		}
	}
	proposeByValues(p, d, s)
	p.oneKey()
}

// proposeByValues finds the column of a list that no header names: « Enveloppe » holds Personnel,
// Fonctionnement and Investissement, which are the natures of a budget and of nothing else.
func proposeByValues(p *Plan, d *belvedere.Dataset, s *Sample) {
	for _, dim := range d.Dimensions {
		if dim.List == nil || dim.List.Open || slices.ContainsFunc(p.Columns, func(c Column) bool { return c.Role == Dimension && c.Name == dim.Name }) {
			continue
		}
		at, several := -1, false
		for i, seen := range s.Seen {
			if p.Columns[i].Role == Ignored && seen.Identity == "" && seen.Distinct > 1 && knows(dim.List, seen.Values) {
				several = at >= 0
				at = i
			}
		}
		if at >= 0 && !several {
			p.Columns[at].Role, p.Columns[at].Name, p.Columns[at].Label = Dimension, dim.Name, dim.Label
		}
	}
}

// knows tells whether a list has each of some values, under any of their spellings.
func knows(l *belvedere.CodeList, values []string) bool {
	known := map[string]bool{}
	for _, c := range l.All() {
		for _, spelling := range append([]string{c.Code, c.Label, c.Short}, c.Aliases...) {
			known[words.Fold(spelling)] = true
		}
	}
	return len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return !known[words.Fold(v)] })
}

// Settle gives each column of a plan that feeds a dataset the role of what it was said to be there: whoever
// chose « Payé » has said that it is a measure. A key stays one.
func (p *Plan) Settle(m *belvedere.Model) {
	d := m.Dataset(p.Into)
	if d == nil {
		return
	}
	for i := range p.Columns {
		c := &p.Columns[i]
		if c.Role != Ignored && c.Role != Dimension && c.Role != Measure {
			continue
		}
		c.Role = Ignored
		if dim := d.Dimension(c.Name); dim != nil {
			c.Role, c.Label = Dimension, dim.Label
		} else if one := d.Measure(c.Name); one != nil {
			c.Role, c.Label, c.Unit, c.Adds = Measure, one.Label, one.Unit, cmp.Or(c.Adds, Adds)
		}
	}
}

// oneKey keeps the best key of each kind.
func (p *Plan) oneKey() {
	for _, group := range [][]Role{{KeySchool, KeyTown}, {KeyDay, KeyMonth, KeyYear}} {
		found := false
		for _, role := range group {
			for _, i := range p.of(role) {
				if found {
					p.Columns[i].Role = Ignored
				}
				found = true
			}
		}
	}
}

// weightOf finds a column of counts of people by which means may be weighted, -1 for none.
func weightOf(p *Plan, s *Sample, taken map[int]bool) int {
	for i, seen := range s.Seen {
		if slug := Slug(seen.Header); !taken[i] && seen.Shape == mapping.Integer && seen.Average == "" &&
			(strings.Contains(slug, "effectif") || strings.Contains(slug, "eleves") || strings.Contains(slug, "candidats") || strings.Contains(slug, "etudiants")) {
			return i
		}
	}
	return -1
}

// geographic columns tell where a place is; the register knows it.
func geographic(s mapping.Seen) bool {
	slug := Slug(s.Header)
	for _, w := range []string{"latitude", "longitude", "coordonnee", "epsg", "code_region", "code_academie", "code_departement", "code_postal", "siret", "siren", "position"} {
		if strings.Contains(slug, w) {
			return true
		}
	}
	return s.Shape == mapping.Postcode || s.Shape == mapping.Departement
}

// placeWords are headers of places, which the register knows too.
var placeWords = []string{"commune", "nom_de_la_commune", "nom_commune", "libelle_commune", "departement", "libelle_departement", "region", "libelle_region", "academie", "libelle_academie",
	"nom_de_l_etablissement", "nom_etablissement", "localite_acheminement", "ville", "region_academique"}

// stockLike tells whether the file describes a state: counts of people once a year, or nothing but means.
func stockLike(p *Plan, s *Sample) bool {
	if p.Time() != belvedere.ByYear {
		return false
	}
	for _, i := range p.of(Measure) {
		if p.Columns[i].Adds == Adds && !strings.Contains(Slug(s.Header[i]), "effectif") && !strings.Contains(Slug(s.Header[i]), "eleves") && !strings.Contains(Slug(s.Header[i]), "classes") {
			return false
		}
	}
	return true
}

// uniqueNames gives each dimension and measure a name that no column, no attribute of schools and no
// list of another meaning has.
func (p *Plan) uniqueNames(m *belvedere.Model) {
	used := map[string]bool{weightName: true}
	for _, d := range m.Datasets {
		for _, dim := range d.Dimensions {
			used[dim.Name] = true
		}
		if d.Kind == belvedere.Register {
			for _, a := range d.Measures {
				used[a.Name] = true
			}
		}
	}
	for _, reserved := range []string{"etablissement", "annee", "mois", "jour", "heure", "instant", "periode", "debut", "livraison", "entree", "sortie", "origine", "rang", "commune"} {
		used[reserved] = true
	}
	for i := range p.Columns {
		c := &p.Columns[i]
		if c.Role != Dimension && c.Role != Measure || c.List != "" {
			continue
		}
		base := c.Name
		if used[base] {
			base = Slug(p.Name + " " + base)
			c.Name = base
		}
		for n := 2; used[c.Name]; n++ {
			c.Name = base + "_" + strconv.Itoa(n)
		}
		used[c.Name] = true
	}
}

// labelOf makes the label of a dataset of the name of a file.
func labelOf(file string) string {
	base := path.Base(strings.ReplaceAll(file, `\`, "/"))
	for _, ext := range []string{".gz", ".zip", ".csv", ".xlsx", ".ods", ".ndjson", ".txt"} {
		base = strings.TrimSuffix(base, ext)
	}
	label := strings.TrimSpace(strings.NewReplacer("_", " ", "-", " ", ".", " ").Replace(base))
	if label == "" {
		return "Nouveau jeu"
	}
	r := []rune(label)
	return strings.ToUpper(string(r[:1])) + string(r[1:min(len(r), 60)])
}

// tidyLabel makes a label of a header: the part before a long parenthesis, spaces for underscores.
func tidyLabel(h string) string {
	h = strings.Join(strings.Fields(strings.ReplaceAll(h, "_", " ")), " ")
	if r := []rune(h); len(r) > 80 {
		h, _, _ = strings.Cut(h, " (")
		h = string([]rune(h)[:min(len([]rune(h)), 80)])
	}
	if r := []rune(h); len(r) > 0 {
		h = strings.ToUpper(string(r[:1])) + string(r[1:])
	}
	return h
}

// unitOf guesses a unit of a label; people correct it.
func unitOf(label string) string {
	f := words.Fold(label)
	for _, u := range []struct{ word, unit string }{{"eleve", "élèves"}, {"etudiant", "étudiants"}, {"effectif", "élèves"}, {"classe", "classes"}, {"repas", "repas"}, {"convive", "convives"}, {"kwh", "kWh"},
		{"euro", "€"}, {"montant", "€"}, {"depense", "€"}, {"cout", "€"}, {"taux", "%"}, {"part", "%"}, {"indice", "points"}, {"ips", "points"}, {"note", "points"}, {"heure", "heures"}, {"jour", "jours"}, {"candidat", "candidats"}} {
		if words.Holds(f, u.word) {
			return u.unit
		}
	}
	return ""
}

// freeName is a name of a dataset that nothing has.
func freeName(m *belvedere.Model, base string) string {
	base = strings.Trim(base[:min(len(base), 24)], "_")
	name := base
	for n := 2; m.Dataset(name) != nil; n++ {
		name = base + "_" + strconv.Itoa(n)
	}
	return name
}

// Values are the different values of a column of a whole file, in the order in which they come.
func Values(file io.ReaderAt, size int64, name, member, header string, most int) (out []string, err error) {
	a, err := table.Open(file, size, name, limits)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, m := range a.Members {
		if m.Kind == table.Parquet || member != "" && m.Sheet+m.Name != member {
			continue
		}
		rows, err := m.Rows(table.Options{})
		if err != nil {
			return nil, err
		}
		at := slices.Index(rows.Header(), header)
		for at >= 0 && len(out) < most {
			r, err := rows.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return nil, err
			}
			if r.Fault != nil || at >= len(r.Fields) {
				continue
			}
			if v := strings.TrimSpace(string(r.Fields[at])); !mapping.Nothing(v) && !seen[v] {
				seen[v] = true
				out = append(out, v)
			}
		}
		return out, nil
	}
	return out, nil
}

// NameColumn is the place of the column that holds the most of the names of a table of correspondence,
// -1 when none holds any.
func NameColumn(s *Sample, schools map[string]belvedere.UAI) int {
	at, best := -1, 0
	for i, seen := range s.Seen {
		n := 0
		for _, v := range seen.Values {
			if schools[v] != "" {
				n++
			}
		}
		if n > best {
			at, best = i, n
		}
	}
	return at
}
