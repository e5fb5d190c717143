package board

import (
	"context"
	"slices"
	"strings"
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

// judge gives each step its state.
func (s *Service) judge(x Settings, y belvedere.SchoolYear, f facts) YearBoard {
	b := YearBoard{Year: y, Switch: x.switchOf(y), Counts: f.counts, Blocking: f.blocking, Warnings: f.warnings}
	if n := len(f.imports); n > 0 {
		b.Last = &f.imports[n-1]
	}
	day := s.today()
	next := false // the step to be done now has been found
	for i, p := range phases {
		ps := PhaseStatus{Phase: p, From: x.begins(p.Code, y)}
		over := i+1 < len(phases) && !day.Before(x.begins(phases[i+1].Code, y))
		begun := !day.Before(ps.From)
		done := map[string]bool{}
		for _, st := range p.Steps {
			one := s.judgeStep(st, ps, x, f, done)
			done[st.Code] = one.State == DoneAll || one.State == Waived
			if begun && !over && !next && (one.State == Todo || one.State == Stale) {
				next = true
				if one.State == Todo {
					one.State = Now
				}
			}
			ps.Steps = append(ps.Steps, one)
		}
		ps.State = phaseState(ps.Steps, begun, over)
		b.Phases = append(b.Phases, ps)
	}
	return b
}

// phaseState sums the steps up.
func phaseState(steps []StepStatus, begun, over bool) StepState {
	done := !slices.ContainsFunc(steps, func(st StepStatus) bool { return st.State != DoneAll && st.State != Waived })
	switch {
	case done:
		return DoneAll
	case begun && !over:
		return Now
	case over && slices.ContainsFunc(steps, func(st StepStatus) bool { return st.State == Stale }):
		return Stale
	}
	return Todo
}

// judgeStep gives one step its state, knowing which steps of its phase are done.
func (s *Service) judgeStep(st Step, p PhaseStatus, x Settings, f facts, done map[string]bool) StepStatus {
	one := StepStatus{Step: st, State: DoneAll}
	for _, before := range st.After {
		if !done[before] {
			one.Waits = append(one.Waits, labelOf(p.Phase, before))
		}
	}
	if d, ok := f.declared[st.Code]; ok {
		one.State, one.Why, one.By = StepState(d.state), d.reason, d.by
		return one
	}
	one.Received, one.Missing = received(st, p.From, f.imports)
	switch {
	case len(one.Missing) > 0:
		one.State = Todo
	case st.Sort == byDoubles && f.doubles > 0:
		one.State, one.Why = Todo, belvedere.Plural(f.doubles, "doublon à trancher", "doublons à trancher")
	case st.Sort == byFindings && (f.blocking > 0 || !f.checked):
		one.State = Todo
		if one.Why = "contrôles à faire"; f.checked {
			one.Why = belvedere.Plural(f.blocking, "constat bloquant", "constats bloquants")
		}
	case st.Sort == byLetters && !f.letters:
		one.State = Todo
	}
	if one.State == DoneAll {
		one.Why = s.stale(st, p, x, f.imports, one.Received)
		if one.Why != "" {
			one.State = Stale
		}
	}
	if one.State == DoneAll && len(one.Waits) > 0 {
		one.State, one.Why = Todo, "attend "+strings.Join(one.Waits, ", ")
	}
	return one
}

func labelOf(p Phase, code string) string {
	for _, st := range p.Steps {
		if st.Code == code {
			return st.Label
		}
	}
	return code
}

// matches tells whether an import is of a format; "aaf" and "connexion" are families.
func matches(format string, r Received) bool {
	return r.Format == format || (format == "aaf" && strings.HasPrefix(r.Format, "aaf")) ||
		(format == "connexion" && place(r.Format) == len(order) && inParts(r.Format))
}

// latest is the last import of one of the formats whose day is not before from.
func latest(formats []string, from time.Time, imports []Received) (r Received, found bool) {
	for _, one := range imports {
		if !one.Date().Before(from) && slices.ContainsFunc(formats, func(f string) bool { return matches(f, one) }) {
			r, found = one, true
		}
	}
	return r, found
}

// received is what a step needs, found or missing.
func received(st Step, from time.Time, imports []Received) (list []Received, missing []string) {
	for _, one := range st.Needs {
		if r, ok := latest(one, from, imports); ok {
			list = append(list, r)
		} else {
			missing = append(missing, one[0])
		}
	}
	for _, f := range st.Helps {
		if r, ok := latest([]string{f}, from, imports); ok && !slices.ContainsFunc(list, func(o Received) bool { return o.ID == r.ID }) {
			list = append(list, r)
		}
	}
	return list, missing
}

// stale says why what was received does not hold any more: it is older than a file that must
// come before it, or than the school wants.
func (s *Service) stale(st Step, p PhaseStatus, x Settings, imports, list []Received) string {
	for _, before := range st.After {
		i := slices.IndexFunc(p.Phase.Steps, func(o Step) bool { return o.Code == before })
		if i < 0 || len(st.Needs) == 0 {
			continue
		}
		earlier := p.Phase.Steps[i]
		for _, formats := range earlier.Needs {
			r, ok := latest(formats, p.From, imports)
			for _, mine := range list {
				if ok && mine.ID != r.ID && needed(st, mine) && mine.Date().Before(r.Date()) {
					return "fichier du " + belvedere.ShortDate(mine.Date()) + ", antérieur à " + earlier.Label + " du " + belvedere.ShortDate(r.Date()) + "\u00a0: exportez de nouveau"
				}
			}
		}
	}
	if !st.Fresh {
		return ""
	}
	for _, mine := range list {
		if days := int(s.today().Sub(mine.Date()).Hours() / 24); needed(st, mine) && days > x.Fresh {
			return "fichier vieux de " + belvedere.Plural(days, "jour", "jours")
		}
	}
	return ""
}

// needed tells a file that a step waits for from one that only helps.
func needed(st Step, r Received) bool {
	return slices.ContainsFunc(st.Needs, func(formats []string) bool {
		return slices.ContainsFunc(formats, func(f string) bool { return matches(f, r) })
	})
}
