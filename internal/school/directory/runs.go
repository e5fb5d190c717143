package directory

import (
	"context"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Batch is a run of letters as it is remembered: without the codes.
type Batch struct {
	ID        int64
	Year      belvedere.SchoolYear
	Profile   string
	Division  string
	Languages string
	Waiver    string
	At        time.Time
	By        string
	Envelopes int
	Handed    int
	Opened    int // accounts opened since, of those that got a code
	Codes     int
}

// An Envelope is a letter of a batch.
type Envelope struct {
	Number   int64
	Division string
	Pupil    string
	To       []string
	IDs      []int64 // local ids of the addressees
	Opened   int     // how many of them opened their account
	Dead     bool    // printed again since: its codes open nothing
	Handed   time.Time
	HandedBy string
}

const batchQuery = `SELECT l.id, l.annee, l.profil, l.division, l.langues, l.derogation, l.le, l.par,
	(SELECT count(DISTINCT t.pli) FROM lettre t WHERE t.lot = l.id), (SELECT count(DISTINCT t.pli) FROM lettre t WHERE t.lot = l.id AND t.remise IS NOT NULL),
	(SELECT count(*) FROM lettre t JOIN code_activation c ON c.id = t.code WHERE t.lot = l.id AND c.utilise IS NOT NULL),
	(SELECT count(*) FROM lettre t WHERE t.lot = l.id AND t.code IS NOT NULL) FROM lot l WHERE `

func (s *Service) batches(tx *vault.Tx, where string, args ...any) (list []Batch, err error) {
	err = tx.Each(batchQuery+where, args, func(scan func(...any) error) error {
		var b Batch
		var year int
		var at int64
		err := scan(&b.ID, &year, &b.Profile, &b.Division, &b.Languages, &b.Waiver, &at, &b.By, &b.Envelopes, &b.Handed, &b.Opened, &b.Codes)
		b.Year, b.At = belvedere.SchoolYear(year), s.local(at)
		list = append(list, b)
		return err
	})
	return list, err
}

// Batches are the runs of a year, latest first.
func (s *Service) Batches(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) (list []Batch, err error) {
	defer belvedere.Wrap(&err, "Batches(%s, %s)", uai, year)
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		list, err = s.batches(tx, "l.annee = ? ORDER BY l.id DESC LIMIT 200", int(year))
		return err
	})
	return list, err
}

// Batch is one run with its envelopes, in the order of handing out.
func (s *Service) Batch(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (b Batch, list []Envelope, err error) {
	defer belvedere.Wrap(&err, "Batch(%s, %d)", uai, id)
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		found, err := s.batches(tx, "l.id = ?", id)
		if err != nil || len(found) == 0 {
			return err
		}
		b = found[0]
		list, err = s.envelopes(tx, id)
		return err
	})
	if err == nil && b.ID == 0 {
		err = belvedere.Errorf(belvedere.NotFound, "Aucun lot de courriers ne porte ce numéro.")
	}
	return b, list, err
}

func (s *Service) envelopes(tx *vault.Tx, run int64) (list []Envelope, err error) {
	err = tx.Each(`SELECT t.pli, t.division, ifnull(e.nom || ' ' || e.prenom, ''), t.qui_id,
		coalesce(x.nom || ' ' || x.prenom, p.nom || ' ' || p.prenom, m.nom || ' ' || m.prenom, ''), c.utilise IS NOT NULL, c.annule IS NOT NULL, ifnull(t.remise, 0), t.remise_par
		FROM lettre t LEFT JOIN eleve e ON e.id = t.eleve LEFT JOIN code_activation c ON c.id = t.code
		LEFT JOIN eleve x ON t.qui = 'eleve' AND x.id = t.qui_id LEFT JOIN personne p ON t.qui = 'personne' AND p.id = t.qui_id
		LEFT JOIN personnel m ON t.qui = 'personnel' AND m.id = t.qui_id WHERE t.lot = ? ORDER BY t.rang`, []any{run}, func(scan func(...any) error) error {
		var e Envelope
		var id, handed int64
		var name string
		var opened, dead bool
		if err := scan(&e.Number, &e.Division, &e.Pupil, &id, &name, &opened, &dead, &handed, &e.HandedBy); err != nil {
			return err
		}
		if n := len(list); n == 0 || list[n-1].Number != e.Number {
			list = append(list, e)
		}
		last := &list[len(list)-1]
		last.To, last.IDs = append(last.To, name), append(last.IDs, id)
		last.Dead = last.Dead || dead
		if opened {
			last.Opened++
		}
		if handed != 0 {
			last.Handed = s.local(handed)
		}
		return nil
	})
	return list, err
}

// Hand ticks envelopes of a run as handed out, or takes ticks back; those that stand as they are
// asked to keep who ticked them first.
func (s *Service) Hand(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, run int64, envelopes []int64, handed bool) (changed int, err error) {
	defer belvedere.Wrap(&err, "Hand(%s, %d)", uai, run)
	err = s.write(ctx, who, uai, func(tx *vault.Tx) error {
		for _, number := range envelopes {
			var n int64
			var err error
			if handed {
				n, err = tx.Exec("UPDATE lettre SET remise = ?, remise_par = ? WHERE lot = ? AND pli = ? AND remise IS NULL", vault.Micros(s.Now()), who.Login, run, number)
			} else {
				n, err = tx.Exec("UPDATE lettre SET remise = NULL, remise_par = '' WHERE lot = ? AND pli = ? AND remise IS NOT NULL", run, number)
			}
			if err != nil {
				return err
			}
			if n > 0 {
				changed++
			}
		}
		return nil
	})
	return changed, err
}
