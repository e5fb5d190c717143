package vault

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"belvedere"
)

// The sorts of people of person files, which are the spaces of their keys.
const (
	Student = "etudiant" // by number of student
	Agent   = "agent"    // by staff number
	User    = "usager"   // by account of a platform
)

// dossierSorts are those of people who stand in dossier_personne.
var dossierSorts = []string{Student, Agent, User}

// A dossierTable is the table of a kind of person file.
type dossierTable struct {
	kind, key, time string
	years           int
	identities      []string // columns that name people
}

func (d dossierTable) table() string { return "dos_" + d.kind }

// has tells whether it has a column of identity.
func (d dossierTable) has(columns ...string) bool {
	return !slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(d.identities, c) })
}

// dossiers are the tables of person files, those of rows of nobody too.
func (t *Tx) dossiers() (list []dossierTable, err error) {
	err = t.Each("SELECT nom, colonnes, cle, temps, annees FROM dossier_genre ORDER BY nom", nil, func(scan func(...any) error) error {
		var d dossierTable
		var text string
		if err := scan(&d.kind, &text, &d.key, &d.time, &d.years); err != nil {
			return err
		}
		var columns []struct {
			Name  string `json:"nom"`
			Class string `json:"classe"`
		}
		if err := json.Unmarshal([]byte(text), &columns); err != nil {
			return err
		}
		for _, c := range columns {
			if c.Class == "identite" {
				d.identities = append(d.identities, c.Name)
			}
		}
		list = append(list, d)
		return nil
	})
	return list, err
}

// dossierMatches are the numbers of people of person files who answer to a query: by their key, or by names.
func (t *Tx) dossierMatches(sort, query string, words []string) (ids []int64, err error) {
	add := func(id int64) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	var id int64
	if found, err := t.Get("SELECT id FROM dossier_personne WHERE espace = ? AND cle = ?", []any{sort, query}, &id); err != nil {
		return nil, err
	} else if found {
		add(id)
	}
	tables, err := t.dossiers()
	if err != nil {
		return nil, err
	}
	for _, d := range tables {
		if d.key == "" || !d.has("nom") {
			continue
		}
		names := []string{"d.nom"}
		for _, other := range []string{"prenom", "nom_usage", "ine", "mel"} {
			if d.has(other) {
				names = append(names, "d."+other)
			}
		}
		err := t.Each("SELECT DISTINCT p.id, "+strings.Join(names, " || ' ' || ")+" FROM "+d.table()+" d JOIN dossier_personne p ON p.id = d."+d.key+
			" WHERE p.espace = ? AND d.nom <> '' ORDER BY p.id", []any{sort}, func(scan func(...any) error) error {
			var id int64
			var text string
			if err := scan(&id, &text); err != nil {
				return err
			}
			folded := " " + Fold(text)
			if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(folded, " "+w) }) {
				add(id)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// dossierPerson reads who someone of the person files is.
func (t *Tx) dossierPerson(sort string, id int64) (Person, error) {
	p := Person{Sort: sort, ID: id, identifiers: map[string][]string{}}
	var key string
	found, err := t.Get("SELECT cle FROM dossier_personne WHERE espace = ? AND id = ?", []any{sort, id}, &key)
	if err == nil && !found {
		err = belvedere.Errorf(belvedere.NotFound, "Le coffre de l’établissement %s ne connaît pas cette personne (%s %d).", t.v.uai, sort, id)
	}
	if err != nil {
		return p, err
	}
	p.identifiers[sort] = []string{key}
	p.Last = key // files may give nobody a name
	tables, err := t.dossiers()
	if err != nil {
		return p, err
	}
	var years []string
	for _, d := range tables {
		if d.key == "" {
			continue
		}
		if err := t.dossierNames(d, id, &p); err != nil {
			return p, err
		}
		err := t.Each("SELECT DISTINCT "+d.time+" FROM "+d.table()+" WHERE "+d.key+" = ?", []any{id}, func(scan func(...any) error) error {
			var at string
			err := scan(&at)
			years = append(years, at)
			return err
		})
		if err != nil {
			return p, err
		}
	}
	for _, at := range years {
		y, err := belvedere.ParseSchoolYear(at)
		if d, wrong := belvedere.ParseDate((at + "-01-01")[:10]); len(at) > 4 && wrong == nil {
			y, err = belvedere.SchoolYearOf(d), nil
		}
		if err == nil && !slices.Contains(p.Years, y) {
			p.Years = append(p.Years, y)
		}
	}
	slices.Sort(p.Years)
	return p, nil
}

// dossierNames reads what a table calls someone, the last of its rows first.
func (t *Tx) dossierNames(d dossierTable, id int64, p *Person) error {
	for _, pair := range [][2]string{{"nom", "prenom"}, {"nom_usage", "prenom"}} {
		if !d.has(pair[0], pair[1]) {
			continue
		}
		var last, first string
		if _, err := t.Get("SELECT "+pair[0]+", "+pair[1]+" FROM "+d.table()+" WHERE "+d.key+" = ? AND "+pair[0]+" <> '' ORDER BY _id DESC LIMIT 1", []any{id}, &last, &first); err != nil {
			return err
		}
		if last == "" {
			continue
		}
		if len(p.lasts) == 0 {
			p.Last, p.First = last, first
		}
		p.lasts = distinct(append(p.lasts, last)...)
	}
	if d.has("naissance") && p.Birth == "" {
		_, err := t.Get("SELECT naissance FROM "+d.table()+" WHERE "+d.key+" = ? AND naissance <> '' ORDER BY _id DESC LIMIT 1", []any{id}, &p.Birth)
		return err
	}
	return nil
}

// dossierHoldings are the rows of person files about someone, the one that says who she is last.
func (t *Tx) dossierHoldings() (list []holding, err error) {
	tables, err := t.dossiers()
	for _, d := range tables {
		if d.key != "" {
			list = append(list, holding{d.table(), d.key + " = ?1", ""})
		}
	}
	return append(list, holding{"dossier_personne", "id = ?1", ""}), err
}

// holdingsOf are the rows about people of a sort.
func (t *Tx) holdingsOf(sort string) ([]holding, error) {
	if slices.Contains(dossierSorts, sort) {
		return t.dossierHoldings()
	}
	return holdings[sort], nil
}

// eraseFiles lets go the files as received that may hold someone: those in which her key stands, and the
// archives, which are not searched. The rows that they gave stay.
func (t *Tx) eraseFiles(p Person) error {
	type kept struct {
		id   int64
		rank int
	}
	var list []kept
	err := t.Each("SELECT DISTINCT import, rang FROM dossier_morceau ORDER BY 1, 2", nil, func(scan func(...any) error) error {
		var k kept
		err := scan(&k.id, &k.rank)
		list = append(list, k)
		return err
	})
	if err != nil {
		return err
	}
	for _, k := range list {
		holds, err := t.fileHolds(k.id, k.rank, p.identifiers[p.Sort])
		if err != nil {
			return err
		}
		if !holds {
			continue
		}
		if _, err := t.Exec("DELETE FROM dossier_morceau WHERE import = ? AND rang = ?", k.id, k.rank); err != nil {
			return err
		}
		if _, err := t.Exec("UPDATE dossier_import SET efface = ? WHERE id = ?", Micros(t.v.now()), k.id); err != nil {
			return err
		}
	}
	return nil
}

// fileHolds tells whether a text stands in a file as received; of an archive, it cannot tell and says so.
func (t *Tx) fileHolds(id int64, rank int, texts []string) (bool, error) {
	var packed bytes.Buffer
	err := t.Each("SELECT contenu FROM dossier_morceau WHERE import = ? AND rang = ? ORDER BY suite", []any{id, rank}, func(scan func(...any) error) error {
		var piece []byte
		err := scan(&piece)
		packed.Write(piece)
		return err
	})
	if err != nil {
		return false, err
	}
	z, err := gzip.NewReader(&packed)
	if err != nil {
		return true, nil // what cannot be read may hold anyone
	}
	const chunk, overlap = 1 << 20, 256
	held, window := make([]byte, 0, chunk+overlap), make([]byte, chunk)
	for first := true; ; first = false {
		n, err := io.ReadFull(z, window)
		if first && (bytes.HasPrefix(window[:n], []byte("\x1f\x8b")) || bytes.HasPrefix(window[:n], []byte("PK"))) {
			return true, nil
		}
		held = append(held, bytes.ReplaceAll(window[:n], []byte{0}, nil)...) // UTF-16 has zeros between letters
		for _, text := range texts {
			if bytes.Contains(held, []byte(text)) {
				return true, nil
			}
		}
		held = append(held[:0], held[max(0, len(held)-overlap):]...)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return false, nil
		}
		if err != nil {
			return true, nil
		}
	}
}

// purgeDossiers removes the rows of person files of school years that are kept no longer, the people of
// whom nothing is left, and the files as received of which no row is.
func (t *Tx) purgeDossiers(rule Retention, del func(table, condition string, args ...any) error) error {
	if rule.Persons.IsZero() {
		return nil
	}
	tables, err := t.dossiers()
	if err != nil {
		return err
	}
	alive, imports := []string{"SELECT 0"}, []string{"SELECT 0"} // no row has that number
	for _, d := range tables {
		first := belvedere.SchoolYearOf(rule.Persons) - belvedere.SchoolYear(d.years)
		year := first.First().Format("2006")
		if err := del(d.table(), "CASE WHEN length("+d.time+") = 4 THEN "+d.time+" < ? ELSE "+d.time+" < ? END", year, year+"-09"); err != nil {
			return err
		}
		if d.key != "" {
			alive = append(alive, "SELECT "+d.key+" FROM "+d.table())
		}
		imports = append(imports, "SELECT _import FROM "+d.table())
	}
	if err := del("dossier_personne", "id NOT IN ("+strings.Join(alive, " UNION ")+")"); err != nil {
		return err
	}
	lost := "import NOT IN (" + strings.Join(imports, " UNION ") + ")"
	return del("dossier_morceau", lost+" AND import IN (SELECT id FROM dossier_import WHERE le < ?)", Micros(rule.Persons.AddDate(-1, 0, 0)))
}

// Person reads who someone is. One who is not there is NotFound.
func (t *Tx) Person(sort string, id int64) (Person, error) { return t.person(sort, id) }
