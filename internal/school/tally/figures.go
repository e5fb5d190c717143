package tally

import (
	"strings"

	"belvedere"
	"belvedere/internal/school/vault"
)

// Figures are the rows of a slice, exactly as they left.
type Figures struct {
	From    Left // the file that brought them
	Slice   string
	Columns []string // without the school
	Rows    [][]string
	More    int // rows that are not given, for length
}

// mostRows is how many rows of a slice are given; the file has all.
const mostRows = 60

// latest is the last slice of a dataset that the territory acknowledged.
func (s *Service) latest(tx *vault.Tx, dataset string, year belvedere.SchoolYear) (*Figures, error) {
	f := &Figures{}
	found, body := false, []byte(nil)
	err := tx.Each(leftColumns+" WHERE annee = ? AND jeu = ? AND etat IN ('envoye', 'publie') ORDER BY id DESC LIMIT 1", []any{int(year), dataset}, func(scan func(...any) error) error {
		found = true
		return f.From.scan(scan, tx.Vault().Zone())
	})
	if err != nil || !found {
		return nil, err
	}
	if _, err := tx.Get("SELECT contenu FROM envoi WHERE id = ?", []any{f.From.ID}, &body); err != nil {
		return nil, err
	}
	if _, err := tx.Get("SELECT max(tranche) FROM envoi_part WHERE envoi = ?", []any{f.From.ID}, &f.Slice); err != nil {
		return nil, err
	}
	f.take(body, s.Model.Dataset(dataset))
	return f, nil
}

// take reads the rows of the slice out of a file of ours: no field of it needs quotes.
func (f *Figures) take(body []byte, d *belvedere.Dataset) {
	lines := strings.Split(strings.TrimRight(string(body), "\n"), "\n")
	f.Columns = strings.Split(lines[0], ";")[1:]
	for _, line := range lines[1:] {
		row := strings.Split(line, ";")[1:]
		if !f.holds(row, d) {
			continue
		}
		if len(f.Rows) == mostRows {
			f.More++
			continue
		}
		f.Rows = append(f.Rows, row)
	}
}

// holds tells whether a row is of the slice.
func (f *Figures) holds(row []string, d *belvedere.Dataset) bool {
	switch d.Time {
	case belvedere.ByPeriod:
		grain := map[int]string{4: "annee", 7: "mois", 10: "jour"}[len(f.Slice)]
		return row[0] == grain && strings.HasPrefix(row[1], f.Slice)
	default:
		return strings.HasPrefix(row[0], f.Slice)
	}
}
