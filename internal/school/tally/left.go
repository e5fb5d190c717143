package tally

import (
	"context"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A File is the counts of a dataset, as they leave or would.
type File struct {
	Dataset string
	Slices  []string
	Body    []byte // CSV
}

// Preview counts a year, the current one when it is 0, and keeps nothing: what would leave if
// nothing had left yet. Without datasets, it counts all.
func (s *Service) Preview(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, datasets ...string) (files []File, err error) {
	defer belvedere.Wrap(&err, "tally.Preview(%s, %s)", uai, year)
	if err := May(who, uai); err != nil {
		return nil, err
	}
	v, err := s.Vaults.Vault(ctx, uai, false)
	if err != nil {
		return nil, err
	}
	err = v.Read(ctx, func(tx *vault.Tx) (err error) {
		files, err = s.PreviewIn(tx, year, datasets...)
		return err
	})
	return files, err
}

// PreviewIn is Preview in a transaction.
func (s *Service) PreviewIn(tx *vault.Tx, year belvedere.SchoolYear, datasets ...string) (files []File, err error) {
	if year == 0 {
		year = belvedere.SchoolYearOf(tx.Vault().Now().In(tx.Vault().Zone()))
	}
	if len(datasets) == 0 {
		datasets = s.Datasets()
	}
	sheets, _, err := s.read(tx, Order{Year: year, Datasets: datasets})
	for _, one := range sheets {
		list := one.sealed()
		if len(list) == 0 {
			continue
		}
		f := File{Dataset: one.dataset.Name, Body: one.csv(list)}
		for _, sl := range list {
			f.Slices = append(f.Slices, sl.name)
		}
		files = append(files, f)
	}
	return files, err
}

// A State is how far a file is.
type State string

// The states of a file that left, or is to.
const (
	Waiting   State = "attente"
	Sent      State = "envoye"
	Published State = "publie"
	Refused   State = "refuse"
	Dropped   State = "abandonne" // another took its place before it left
)

// Label is a state in words.
func (s State) Label() string {
	switch s {
	case Waiting:
		return "en attente d’envoi"
	case Sent:
		return "reçu par la collectivité"
	case Published:
		return "publié"
	case Refused:
		return "refusé"
	case Dropped:
		return "abandonné"
	}
	return string(s)
}

// A Left is a file that left, or waits to.
type Left struct {
	ID      int64
	Year    belvedere.SchoolYear
	Dataset string
	Span    string // first and last slice: "2026-11-14" or "2026-09-01/2026-11-14"
	To      string // host of the territory, "" for that of this installation
	State   State
	Tries   int
	Next    time.Time // of the next try
	Answer  string    // French, of the territory
	Made    time.Time
	Acked   time.Time // when the territory acknowledged it
	Number  int64     // of the delivery there
	Edition int       // that published it
	By      string    // login, "" for the program
}

const leftColumns = `SELECT id, annee, jeu, tranche, vers, etat, essais, coalesce(prochain, 0), reponse, le, coalesce(envoye, 0),
	coalesce(livraison, 0), coalesce(edition, 0), par FROM envoi`

func (l *Left) scan(scan func(...any) error, zone *time.Location) error {
	var next, made, acked int64
	if err := scan(&l.ID, &l.Year, &l.Dataset, &l.Span, &l.To, &l.State, &l.Tries, &next, &l.Answer, &made, &acked, &l.Number, &l.Edition, &l.By); err != nil {
		return err
	}
	local := func(us int64) time.Time {
		if us == 0 {
			return time.Time{}
		}
		return vault.Instant(us).In(zone)
	}
	l.Made, l.Next, l.Acked = local(made), local(next), local(acked)
	if _, host, ok := strings.Cut(l.To, "://"); ok {
		l.To = strings.TrimRight(host, "/")
	}
	return nil
}

// A View is what a school sees of what left it.
type View struct {
	Vault    bool   // the school has one
	To       string // host of the territory, "" for that of this installation
	ByHand   []string
	Datasets []DatasetView
	Contests []Contest              // of the year, the last first
	Years    []belvedere.SchoolYear // of which something left, or waits to
	Waiting  int
}

// A DatasetView is the figures of a dataset that the territory holds, and the last files.
type DatasetView struct {
	Name   string
	Files  []Left   // latest first
	Latest *Figures // of the last slice; nil before the first file
}

// mostFiles is how many files of a dataset a view tells.
const mostFiles = 6

// View tells what left a school in a year, or waits to.
func (s *Service) View(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) (view View, err error) {
	defer belvedere.Wrap(&err, "tally.View(%s, %s)", uai, year)
	if err := May(who, uai); err != nil {
		return view, err
	}
	v, err := s.Vaults.Vault(ctx, uai, false)
	if belvedere.KindOf(err) == belvedere.NotFound {
		return view, nil
	}
	if err != nil {
		return view, err
	}
	view.Vault = true
	err = v.Read(ctx, func(tx *vault.Tx) error {
		to, err := destination(tx)
		if err != nil {
			return err
		}
		_, view.To, _ = strings.Cut(to.URL, "://")
		if view.ByHand, err = byHand(tx); err != nil {
			return err
		}
		if _, err := tx.Get("SELECT count(*) FROM envoi WHERE etat = 'attente'", nil, &view.Waiting); err != nil {
			return err
		}
		if view.Contests, err = contests(tx, year); err != nil {
			return err
		}
		if view.Years, err = years(tx); err != nil {
			return err
		}
		persons, err := hasPersons(tx)
		if err != nil {
			return err
		}
		for i, name := range s.Datasets() {
			if i >= len(counters) && !persons {
				break // they are of institutions that have person files
			}
			one := DatasetView{Name: name}
			err := tx.Each(leftColumns+" WHERE annee = ? AND jeu = ? ORDER BY id DESC LIMIT ?", []any{int(year), name, mostFiles}, func(scan func(...any) error) error {
				var l Left
				err := l.scan(scan, v.Zone())
				one.Files = append(one.Files, l)
				return err
			})
			if err != nil {
				return err
			}
			if one.Latest, err = s.latest(tx, name, year); err != nil {
				return err
			}
			view.Datasets = append(view.Datasets, one)
		}
		return nil
	})
	return view, err
}

// hasPersons tells whether person files were imported.
func hasPersons(tx *vault.Tx) (bool, error) {
	var n int
	return tx.Get("SELECT 1 FROM dossier_genre LIMIT 1", nil, &n)
}

// years are those of which something left, or waits to, latest first.
func years(tx *vault.Tx) (list []belvedere.SchoolYear, err error) {
	err = tx.Each("SELECT DISTINCT annee FROM envoi ORDER BY annee DESC", nil, func(scan func(...any) error) error {
		var y belvedere.SchoolYear
		err := scan(&y)
		list = append(list, y)
		return err
	})
	return list, err
}

// File is a file as it left, to the byte.
func (s *Service) File(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (l Left, body []byte, err error) {
	defer belvedere.Wrap(&err, "tally.File(%s, %d)", uai, id)
	if err := May(who, uai); err != nil {
		return l, nil, err
	}
	v, err := s.Vaults.Vault(ctx, uai, false)
	if err != nil {
		return l, nil, err
	}
	err = v.Read(ctx, func(tx *vault.Tx) error {
		found := false
		err := tx.Each(leftColumns+" WHERE id = ?", []any{id}, func(scan func(...any) error) error {
			found = true
			return l.scan(scan, v.Zone())
		})
		if err == nil && !found {
			return belvedere.Errorf(belvedere.NotFound, "Aucun envoi de cet établissement ne porte ce numéro.")
		}
		if err == nil {
			_, err = tx.Get("SELECT contenu FROM envoi WHERE id = ?", []any{id}, &body)
		}
		return err
	})
	return l, body, err
}
