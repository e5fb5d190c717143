package board

import (
	"slices"
	"strings"
	"time"

	"belvedere"
)

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

// matches tells whether an import is of a format; all logs of connections are one.
func matches(format string, r Received) bool {
	return r.Format == format || (format == "journal" && isLog(r.Format))
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
				if ok && mine.ID != r.ID && needed(st, mine) && older(mine, r) {
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

// older tells whether a file was made before another. Where one of them does not say when (STS-Web
// never does), only the days on which they were imported tell: files dropped together are of one age,
// in whatever order the import took them.
func older(a, b Received) bool {
	if a.Exported.IsZero() || b.Exported.IsZero() {
		a.Exported, b.Exported = time.Time{}, time.Time{}
	}
	return a.Date().Before(b.Date())
}

// needed tells a file that a step waits for from one that only helps.
func needed(st Step, r Received) bool {
	return slices.ContainsFunc(st.Needs, func(formats []string) bool {
		return slices.ContainsFunc(formats, func(f string) bool { return matches(f, r) })
	})
}
