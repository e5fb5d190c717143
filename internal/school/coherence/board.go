package coherence

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/export"
	"belvedere/internal/school/board"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/vault"
)

// A Line is a rule with how many findings it has: nobody is named.
type Line struct {
	Rule
	New, Accepted, Mended int
	Ran                   time.Time // zero: never
	Lacks                 string    // kinds of files that it needs and the vault has not
}

// A Board is the coherence of a school in a year.
type Board struct {
	School belvedere.UAI
	Year   belvedere.SchoolYear
	Lines  []Line
	New    int
	Ran    time.Time // last run, zero when there was none
}

// Board counts the findings of a year by rule.
func (s *Service) Board(ctx context.Context, v belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) (b Board, err error) {
	defer belvedere.Wrap(&err, "Board(%s, %v)", uai, year)
	if err := MayCount(v, uai); err != nil {
		return b, err
	}
	b = Board{School: uai, Year: year}
	at := map[string]int{}
	for i, r := range Rules {
		at[r.Code] = i
		b.Lines = append(b.Lines, Line{Rule: r})
	}
	kept, err := s.Vaults.Vault(ctx, uai, false)
	if belvedere.KindOf(err) == belvedere.NotFound && err != nil {
		return b, nil
	} else if err != nil {
		return b, err
	}
	err = kept.Read(ctx, func(tx *vault.Tx) error {
		err := tx.Each("SELECT regle, etat, count(*) FROM coherence_constat WHERE annee = ? GROUP BY regle, etat", []any{int(year)}, func(scan func(...any) error) error {
			var rule, state string
			var n int
			if err := scan(&rule, &state, &n); err != nil {
				return err
			}
			if i, ok := at[rule]; ok {
				b.Lines[i].add(state, n)
			}
			return nil
		})
		if err != nil {
			return err
		}
		return tx.Each("SELECT regle, le, manque FROM coherence_controle WHERE annee = ?", []any{int(year)}, func(scan func(...any) error) error {
			var rule, lacks string
			var when int64
			err := scan(&rule, &when, &lacks)
			if i, ok := at[rule]; ok {
				b.Lines[i].Ran, b.Lines[i].Lacks = vault.Instant(when), lacks
			}
			return err
		})
	})
	for _, l := range b.Lines {
		b.New += l.New
		if l.Ran.After(b.Ran) {
			b.Ran = l.Ran
		}
	}
	return b, err
}

func (l *Line) add(state string, n int) {
	switch state {
	case Fresh:
		l.New += n
	case Accepted:
		l.Accepted += n
	case Mended:
		l.Mended += n
	}
}

// A Told is a finding as its reader sees it: with the name of the person, for who may read it.
type Told struct {
	Finding
	Name   dossier.Name
	Until  time.Time // of an acceptance, zero for ever
	Reason string    // of the last step
	By     string
	At     time.Time
}

// Open tells whether it is to be mended.
func (t Told) Open() bool { return t.State == Fresh }

// Findings lists what a rule found in a year, those of a state when one is given. Those about people are
// for the staff of the school alone, with their names.
func (s *Service) Findings(ctx context.Context, v belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, rule, state string) (out []Told, err error) {
	defer belvedere.Wrap(&err, "Findings(%s, %v, %s)", uai, year, rule)
	r, err := RuleOf(rule)
	if err != nil {
		return nil, err
	}
	if err := s.mayRead(v, uai, r); err != nil {
		return nil, err
	}
	kept, err := s.Vaults.Vault(ctx, uai, false)
	if err != nil {
		return nil, err
	}
	err = kept.Read(ctx, func(tx *vault.Tx) error {
		return tx.Each(told+" WHERE c.annee = ? AND c.regle = ? AND (? = '' OR c.etat = ?) ORDER BY CASE c.etat WHEN 'nouveau' THEN 0 WHEN 'accepte' THEN 1 ELSE 2 END, c.objet, c.id",
			[]any{int(year), rule, state, state}, func(scan func(...any) error) error {
				t, err := scanTold(scan)
				out = append(out, t)
				return err
			})
	})
	if err != nil || !r.Nominative {
		return out, err
	}
	return out, s.name(ctx, v, uai, out)
}

// mayRead is MayCount for what is about elements, and the right of names for what is about people.
func (s *Service) mayRead(v belvedere.Viewer, uai belvedere.UAI, r Rule) error {
	if r.Nominative {
		return dossier.MayName(v, uai)
	}
	return MayCount(v, uai)
}

// name gives findings the names of their people.
func (s *Service) name(ctx context.Context, v belvedere.Viewer, uai belvedere.UAI, list []Told) error {
	var ids []int64
	for _, t := range list {
		ids = append(ids, t.Person)
	}
	slices.Sort(ids)
	names, err := s.Dossier.Names(ctx, v, uai, slices.Compact(ids))
	for i := range list {
		list[i].Name = names[list[i].Person]
	}
	return err
}

const told = `SELECT c.id, c.annee, c.regle, c.cle, ifnull(c.individu, 0), c.objet, c.message, c.valeur, c.etat, c.jusqu, p.motif, p.par, p.le
	FROM coherence_constat c JOIN coherence_pas p ON p.constat = c.id AND p.rang = (SELECT max(rang) FROM coherence_pas WHERE constat = c.id)`

func scanTold(scan func(...any) error) (t Told, err error) {
	var at, until int64
	err = scan(&t.ID, &t.Year, &t.Rule, &t.Key, &t.Person, &t.Object, &t.Message, &t.Value, &t.State, &until, &t.Reason, &t.By, &at)
	if t.At = vault.Instant(at); until != 0 && t.State == Accepted {
		t.Until = vault.Instant(until)
	}
	return t, err
}

// mostAccepted is for how long a finding may be accepted with a last day.
const mostAccepted = 5

// Accept keeps a finding as it is, with a reason and until a last day (zero: for ever); Reopen takes that
// back. The staff of the school decides.
func (s *Service) Accept(ctx context.Context, v belvedere.Viewer, uai belvedere.UAI, id int64, reason string, last time.Time) (Told, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return Told{}, belvedere.Errorf(belvedere.Invalid, "Dites pourquoi le constat est accepté\u00a0: son histoire le garde.")
	}
	if len([]rune(reason)) > 500 {
		return Told{}, belvedere.Errorf(belvedere.Invalid, "Le motif compte plus de 500 caractères\u00a0: raccourcissez.")
	}
	var until int64
	if !last.IsZero() {
		end := time.Date(last.Year(), last.Month(), last.Day()+1, 0, 0, 0, 0, s.Zone)
		if !end.After(s.Now()) || end.After(s.Now().AddDate(mostAccepted, 0, 1)) {
			return Told{}, belvedere.Errorf(belvedere.Invalid, "Le dernier jour d’une acceptation est à venir, dans les %d ans.", mostAccepted)
		}
		until = vault.Micros(end)
	}
	return s.decide(ctx, v, uai, id, Fresh, Accepted, reason, until)
}

// Reopen makes an accepted finding one to mend.
func (s *Service) Reopen(ctx context.Context, v belvedere.Viewer, uai belvedere.UAI, id int64) (Told, error) {
	return s.decide(ctx, v, uai, id, Accepted, Fresh, "", 0)
}

func (s *Service) decide(ctx context.Context, v belvedere.Viewer, uai belvedere.UAI, id int64, from, to, reason string, until int64) (t Told, err error) {
	defer belvedere.Wrap(&err, "decide(%s, %d)", uai, id)
	if err := board.May(v, uai); err != nil {
		return t, err
	}
	kept, err := s.Vaults.Vault(ctx, uai, false)
	if err != nil {
		return t, err
	}
	err = kept.Write(ctx, func(tx *vault.Tx) error {
		err := tx.Each(told+" WHERE c.id = ?", []any{id}, func(scan func(...any) error) (err error) {
			t, err = scanTold(scan)
			return err
		})
		switch {
		case err != nil:
			return err
		case t.ID == 0:
			return belvedere.Errorf(belvedere.NotFound, "Ce constat n’existe pas, ou plus.")
		case t.State != from:
			return belvedere.Errorf(belvedere.Conflict, "Ce constat a changé d’état entre-temps\u00a0: relisez-le.")
		}
		t.State = to
		if _, err := tx.Exec("UPDATE coherence_constat SET etat = ?, jusqu = ? WHERE id = ?", to, until, id); err != nil {
			return err
		}
		return lived(tx, id, to, reason, v.Login, vault.Micros(s.Now()))
	})
	return t, err
}

// stateWords are the states as people read them.
var stateWords = map[string]string{Fresh: "nouveau", Accepted: "accepté", Mended: "réglé"}

// StateLabel is a state in words.
func StateLabel(state string) string { return stateWords[state] }

// WriteCounts writes the board as a file of lines.
func (b Board) WriteCounts(w io.Writer) error {
	rows := [][]string{{"etablissement", "annee", "regle", "intitule", "responsabilite", "nouveaux", "acceptes", "regles", "manque"}}
	for _, l := range b.Lines {
		rows = append(rows, []string{string(b.School), b.Year.String(), l.Code, l.Title, l.Duty, whole(l.New), whole(l.Accepted), whole(l.Mended), l.Lacks})
	}
	return export.Lines(w, slices.Values(rows))
}

// WriteFindings writes findings as a file of lines, with the names that their reader may read.
func WriteFindings(w io.Writer, r Rule, list []Told) error {
	head := []string{"regle", "objet", "constat", "etat", "jusqu_au", "motif", "par"}
	if r.Nominative {
		head = append([]string{"numero", "nom", "prenom"}, head...)
	}
	rows := [][]string{head}
	for _, t := range list {
		until := ""
		if !t.Until.IsZero() {
			until = t.Until.Add(-time.Second).Format(time.DateOnly)
		}
		row := []string{t.Rule, t.Object, t.Message, StateLabel(t.State), until, t.Reason, t.By}
		if r.Nominative {
			row = append([]string{t.Name.Key, t.Name.Last, t.Name.First}, row...)
		}
		rows = append(rows, row)
	}
	return export.Lines(w, slices.Values(rows))
}
