package board

import (
	"context"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Board is the state of a school's years on a day.
type Board struct {
	School   belvedere.UAI
	Current  belvedere.SchoolYear
	Settings Settings
	Years    []YearBoard // one, or two from May to August
	Waiting  []Deposit   // that wait for a confirmation
	Vault    bool        // the school has one
}

// A YearBoard is the state of one year.
type YearBoard struct {
	Year     belvedere.SchoolYear
	Switch   time.Time // day on which it becomes the current one
	Phases   []PhaseStatus
	Counts   vault.Counts
	Last     *Received // latest import
	Blocking int       // open blocking findings
	Warnings int
}

// A PhaseStatus is a phase with the state of its steps.
type PhaseStatus struct {
	Phase
	From  time.Time // day from which files count for it
	State StepState
	Steps []StepStatus
}

// A StepState is how far a step, or a phase, is.
type StepState string

// The states of a step.
const (
	Todo    StepState = "a_faire"
	Now     StepState = "en_cours"  // next to be done
	Stale   StepState = "a_refaire" // done, by files that are too old
	DoneAll StepState = "faite"
	Waived  StepState = "dispensee"
)

// A Received is an import of a format.
type Received struct {
	ID       int64
	Format   string
	File     string
	At       time.Time // of the import
	Exported time.Time // zero when the file does not say
	By       string
	Rows     int64
	Faults   int64
}

// Date is the day that the file speaks of.
func (r Received) Date() time.Time {
	d := r.Exported
	if d.IsZero() {
		d = r.At
	}
	return belvedere.Date(d.Year(), d.Month(), d.Day())
}

// A StepStatus is a step with what was received for it.
type StepStatus struct {
	Step
	State    StepState
	Received []Received // the latest of each format that counts for the phase
	Missing  []string   // formats, one of each list is enough: the first is named
	Waits    []string   // labels of the steps that come before and are not done
	Why      string     // French: why it is stale, waived or held
	By       string     // who declared it
}

// Board computes the state of the years of a school.
func (s *Service) Board(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI) (b Board, err error) {
	defer belvedere.Wrap(&err, "Board(%s)", uai)
	b = Board{School: uai, Settings: Settings{Fresh: defaultFresh}}
	err = s.read(ctx, who, uai, func(tx *vault.Tx) (err error) {
		b.Vault = true
		if b.Settings, err = settings(tx); err != nil {
			return err
		}
		for _, y := range b.Settings.years(s.today()) {
			one, err := s.yearBoard(tx, b.Settings, y)
			if err != nil {
				return err
			}
			b.Years = append(b.Years, one)
		}
		b.Waiting, err = s.waiting(tx)
		return err
	})
	b.Current = b.Settings.current(s.today())
	if err == nil && !b.Vault {
		for _, y := range b.Settings.years(s.today()) {
			b.Years = append(b.Years, s.judge(b.Settings, y, facts{}))
		}
	}
	return b, err
}

// Years are the years of a school that can be looked at: those of the board and those of the vault, latest first.
func (s *Service) Years(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI) (years []belvedere.SchoolYear, err error) {
	defer belvedere.Wrap(&err, "Years(%s)", uai)
	x := Settings{}
	err = s.read(ctx, who, uai, func(tx *vault.Tx) (err error) {
		if x, err = settings(tx); err != nil {
			return err
		}
		return tx.Each("SELECT DISTINCT annee FROM import", nil, func(scan func(...any) error) error {
			var y int
			err := scan(&y)
			years = append(years, belvedere.SchoolYear(y))
			return err
		})
	})
	years = append(years, x.years(s.today())...)
	slices.Sort(years)
	years = slices.Compact(years)
	slices.Reverse(years)
	return years, err
}

// facts are what a year is judged by.
type facts struct {
	imports  []Received // oldest first
	declared map[string]declared
	doubles  int // pairs of guardians that wait
	blocking int
	checked  bool // the checks ran since the last import
	letters  bool
	counts   vault.Counts
	warnings int
}

type declared struct {
	state, reason, by string
}

func (s *Service) yearBoard(tx *vault.Tx, x Settings, y belvedere.SchoolYear) (YearBoard, error) {
	f, err := s.facts(tx, y)
	if err != nil {
		return YearBoard{}, err
	}
	return s.judge(x, y, f), nil
}
