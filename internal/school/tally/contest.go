package tally

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Contest is a figure that the head of a school says to be wrong, with a note that travels with
// it: whoever sees the figure at the territory sees the note.
type Contest struct {
	ID       int64
	School   belvedere.UAI
	Dataset  string
	Slice    string
	Line     string // codes of the line, as the file has them: "6eme;F"; "" for all of the slice
	Value    string // its figures, as they left
	Text     string
	At       time.Time
	By       string
	Lifted   time.Time // zero: it stands
	LiftedBy string
}

// From is the first day of the slice: of a day, a month or a school year.
func (c Contest) From() time.Time {
	for _, layout := range []string{time.DateOnly, "2006-01"} {
		if d, err := time.Parse(layout, c.Slice); err == nil {
			return d
		}
	}
	year, _ := belvedere.ParseSchoolYear(c.Slice)
	return year.First()
}

// Contested is told of the contests that stand in a school, each time they change. It is the
// territory of this installation; a remote one learns of none.
type Contested func(ctx context.Context, school belvedere.UAI, list []Contest) error

// mostText bounds a note, in characters.
const mostText = 500

// mostStanding bounds the contests that stand at once.
const mostStanding = 100

// Contest notes that a figure of the last slice that left is wrong.
func (s *Service) Contest(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, dataset, line, text string) (err error) {
	defer belvedere.Wrap(&err, "tally.Contest(%s, %s)", uai, dataset)
	if err := May(who, uai); err != nil {
		return err
	}
	if err := s.known([]string{dataset}); err != nil {
		return err
	}
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n == 0 || n > mostText {
		return belvedere.Errorf(belvedere.Invalid, "Dites ce qui ne va pas, en %d caractères au plus.", mostText)
	}
	v, err := s.Vaults.Vault(ctx, uai, false)
	if err != nil {
		return err
	}
	err = v.Write(ctx, func(tx *vault.Tx) error {
		f, err := s.latest(tx, dataset, year)
		if err != nil {
			return err
		}
		if f == nil {
			return belvedere.Errorf(belvedere.Conflict, "Rien n’a encore été reçu par la collectivité pour ce jeu de données\u00a0: il n’y a rien à contester.")
		}
		value, found := f.valueOf(line, s.Model.Dataset(dataset))
		if !found {
			return belvedere.Errorf(belvedere.Conflict, "Cette ligne n’est plus dans les derniers chiffres envoyés. Relisez-les, puis recommencez.")
		}
		var standing int
		if _, err := tx.Get("SELECT count(*) FROM contestation WHERE etat = 'ouverte'", nil, &standing); err != nil {
			return err
		}
		if standing >= mostStanding {
			return belvedere.Errorf(belvedere.Conflict, "Un établissement conteste au plus %d chiffres à la fois\u00a0: levez d’abord les contestations réglées.", mostStanding)
		}
		_, err = tx.Exec(`INSERT INTO contestation (annee, jeu, tranche, cellule, valeur, message, etat, le, par) VALUES (?, ?, ?, ?, ?, ?, 'ouverte', ?, ?)`,
			int(year), dataset, f.Slice, line, value, text, vault.Micros(v.Now()), who.Login)
		return err
	})
	if err != nil {
		return err
	}
	return s.tell(ctx, v)
}

// Lift ends a contest.
func (s *Service) Lift(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (err error) {
	defer belvedere.Wrap(&err, "tally.Lift(%s, %d)", uai, id)
	if err := May(who, uai); err != nil {
		return err
	}
	v, err := s.Vaults.Vault(ctx, uai, false)
	if err != nil {
		return err
	}
	err = v.Write(ctx, func(tx *vault.Tx) error {
		n, err := tx.Exec("UPDATE contestation SET etat = 'levee', levee = ?, levee_par = ? WHERE id = ? AND etat = 'ouverte'", vault.Micros(v.Now()), who.Login, id)
		if err == nil && n == 0 {
			return belvedere.Errorf(belvedere.NotFound, "Cette contestation n’existe pas, ou elle est déjà levée.")
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.tell(ctx, v)
}

// contests are those of a year, the last first; of all years when it is 0, and then those that stand alone.
func contests(tx *vault.Tx, year belvedere.SchoolYear) (list []Contest, err error) {
	where, args := "etat = 'ouverte'", []any(nil)
	if year != 0 {
		where, args = "annee = ?", []any{int(year)}
	}
	zone := tx.Vault().Zone()
	err = tx.Each("SELECT id, jeu, tranche, cellule, valeur, message, le, par, coalesce(levee, 0), levee_par FROM contestation WHERE "+where+" ORDER BY id DESC", args,
		func(scan func(...any) error) error {
			c := Contest{School: tx.Vault().UAI()}
			var at, lifted int64
			err := scan(&c.ID, &c.Dataset, &c.Slice, &c.Line, &c.Value, &c.Text, &at, &c.By, &lifted, &c.LiftedBy)
			c.At = vault.Instant(at).In(zone)
			if lifted != 0 {
				c.Lifted = vault.Instant(lifted).In(zone)
			}
			list = append(list, c)
			return err
		})
	return list, err
}

// tell hands the contests that stand to the territory, all of them: it is harmless to do it again,
// and the nightly pass does it after a crash.
func (s *Service) tell(ctx context.Context, v *vault.Vault) error {
	if s.Contested == nil {
		return nil
	}
	var list []Contest
	var to Destination
	err := v.Read(ctx, func(tx *vault.Tx) (err error) {
		if to, err = destination(tx); err != nil || to.URL != "" {
			return err
		}
		list, err = contests(tx, 0)
		return err
	})
	if err != nil {
		return err
	}
	return s.Contested(ctx, v.UAI(), list)
}

// Codes are those of a row, its time apart: what names a line.
func (f *Figures) Codes(row []string, d *belvedere.Dataset) []string {
	return row[f.times(d) : f.times(d)+len(d.Dimensions)]
}

// times is how many columns tell the time.
func (f *Figures) times(d *belvedere.Dataset) int {
	if d.Time == belvedere.ByPeriod {
		return 2
	}
	return 1
}

// Lines are what one may contest: each set of codes once, in order.
func (f *Figures) Lines(d *belvedere.Dataset) (list []string) {
	for _, row := range f.Rows {
		if line := strings.Join(f.Codes(row, d), ";"); line != "" && !slices.Contains(list, line) {
			list = append(list, line)
		}
	}
	return list
}

// valueOf is the figures of a line, over the rows of the slice that have its codes when it is by the hour.
func (f *Figures) valueOf(line string, d *belvedere.Dataset) (value string, found bool) {
	if line == "" {
		return "", true
	}
	for _, row := range f.Rows {
		if strings.Join(f.Codes(row, d), ";") == line {
			return strings.Join(row[f.times(d)+len(d.Dimensions):], ";"), true
		}
	}
	return "", false
}
