package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"belvedere"
	"belvedere/internal/registry"
)

// An ImportFate is what a line of a file would do.
type ImportFate string

// The fates of a convention of a file.
const (
	WouldCreate ImportFate = "créée"
	WouldChange ImportFate = "modifiée"
	WouldKeep   ImportFate = "inchangée"
)

// An ImportLine is a convention of a file with what importing it would do.
type ImportLine struct {
	Line    int64 // the first that speaks of it
	Fate    ImportFate
	Name    string // of the school
	Next    registry.Agreement
	Changes []string
}

// An AgreementImport is the report on a file of conventions.
type AgreementImport struct {
	Sum    string // of the file and of the state of the rights: what Import must be given
	Lines  []ImportLine
	Faults []belvedere.Fault // errors, which forbid the import, and warnings, by line
	Read   int               // lines of the file
}

// Count is how many conventions have a fate.
func (i *AgreementImport) Count(fate ImportFate) (n int) {
	for _, l := range i.Lines {
		if l.Fate == fate {
			n++
		}
	}
	return n
}

// Refused tells whether errors forbid the import.
func (i *AgreementImport) Refused() bool {
	return slices.ContainsFunc(i.Faults, func(f belvedere.Fault) bool { return f.Severity == belvedere.SeverityError })
}

// mostImportFaults is how many faults a report tells: whoever sent the wrong file needs no more.
const mostImportFaults = 500

// DryRun tells what importing a file would do, and writes nothing. Its error is for a file that
// is no table of conventions at all.
func (a *Agreements) DryRun(ctx context.Context, data []byte) (_ *AgreementImport, err error) {
	defer belvedere.Wrap(&err, "DryRun")
	version, err := a.Registry.RightsVersion(ctx)
	if err != nil {
		return nil, err
	}
	file, err := readAgreements(ctx, data)
	if err != nil {
		return nil, err
	}
	m, err := a.newMerge(ctx, file)
	if err != nil {
		return nil, err
	}
	for _, row := range file.rows {
		if err := m.add(row); err != nil {
			return nil, err
		}
	}
	sum := sha256.Sum256(append(strconv.AppendInt(nil, version, 10), data...))
	report := &AgreementImport{Sum: hex.EncodeToString(sum[:16]), Read: len(file.rows) + len(file.faults), Lines: m.lines()}
	report.Faults = append(file.faults, m.faults...)
	slices.SortStableFunc(report.Faults, func(x, y belvedere.Fault) int { return int(x.Line - y.Line) })
	report.Faults = report.Faults[:min(len(report.Faults), mostImportFaults)]
	return report, nil
}

// Import writes all conventions of a file or none. Sum is that of the report which was shown, ""
// when nobody was asked; Conflict when file or rights are no longer those of the report.
func (a *Agreements) Import(ctx context.Context, data []byte, sum string) (_ *AgreementImport, err error) {
	defer belvedere.Wrap(&err, "Import")
	a.writing.Lock()
	defer a.writing.Unlock()
	report, err := a.DryRun(ctx, data)
	if err != nil {
		return nil, err
	}
	if sum != "" && sum != report.Sum {
		return report, belvedere.Errorf(belvedere.Conflict, "%s", french("Le fichier ou les droits ont changé depuis le contrôle : rien n’a été importé. Relisez le nouveau rapport, puis confirmez."))
	}
	if report.Refused() {
		return report, belvedere.Errorf(belvedere.Invalid, "%s", french("Le fichier contient des erreurs : rien n’a été importé. Corrigez-les, puis renvoyez-le."))
	}
	var list []registry.Agreement
	for _, l := range report.Lines {
		if l.Fate != WouldKeep {
			list = append(list, l.Next)
		}
	}
	if len(list) == 0 {
		return report, nil
	}
	return report, a.Registry.ImportAgreements(ctx, list)
}

// merge puts the lines of a file together with what is kept.
type merge struct {
	a      *Agreements
	r      *reading
	file   *agreementFile
	kept   map[string]registry.Agreement // by key
	seen   map[string]*merged            // by key
	order  []string
	faults []belvedere.Fault
}

// merged is a convention as the file says it so far.
type merged struct {
	line int64
	next registry.Agreement
}

func (a *Agreements) newMerge(ctx context.Context, file *agreementFile) (*merge, error) {
	r, err := a.reading(ctx)
	if err != nil {
		return nil, err
	}
	kept, _, err := a.Registry.ListAgreements(ctx, registry.AgreementFilter{}, registry.Page{})
	if err != nil {
		return nil, err
	}
	m := &merge{a: a, r: r, file: file, kept: map[string]registry.Agreement{}, seen: map[string]*merged{}}
	for _, k := range kept {
		if _, double := m.kept[keyOf(k)]; !double { // the registry takes the oldest too
			m.kept[keyOf(k)] = k
		}
	}
	return m, nil
}

// add takes a line: one that repeats another is harmless, one that contradicts another is not.
func (m *merge) add(row agreementRow) error {
	one, flaws, warnings, err := m.r.read(row.form)
	if err != nil {
		return err
	}
	for _, f := range warnings {
		m.fault(row, f, belvedere.SeverityWarning)
	}
	for _, f := range flaws {
		m.fault(row, f, belvedere.SeverityError)
	}
	if len(flaws) > 0 {
		return nil
	}
	key := keyOf(one)
	if k, known := m.kept[key]; known && !k.Revoked.IsZero() {
		m.fault(row, Flaw{"reference", french(fmt.Sprintf("La convention n° %d de cet établissement, de ce jour et de cette référence a été retirée : elle ne revient pas par un fichier. Donnez une autre référence.", k.ID))}, belvedere.SeverityError)
		return nil
	}
	before := m.seen[key]
	switch {
	case before == nil:
		m.seen[key], m.order = &merged{row.line, one}, append(m.order, key)
	case m.file.former && before.next.To.Equal(one.To) && before.next.Basis == one.Basis:
		before.next.Extended = union(before.next.Extended, one.Extended)
	case sumOf(before.next) != sumOf(one):
		m.fault(row, Flaw{"reference", french(fmt.Sprintf("La ligne %d parle de la même convention (même établissement, même début, même référence) et dit autre chose : gardez l’une des deux.", before.line))}, belvedere.SeverityError)
	}
	return nil
}

// fault puts a flaw at its place in the file.
func (m *merge) fault(row agreementRow, f Flaw, severity belvedere.Severity) {
	name := f.Field
	if m.file.former && name == "etendus" {
		name = "indicateur"
	}
	m.faults = append(m.faults, belvedere.Fault{
		Line: row.line, Column: m.file.columns[name], Field: name, Value: quoted(row.values[name]),
		Rule: "convention_" + name, Severity: severity, Message: f.Message,
	})
}

// lines are the conventions of the file, set against those that are kept.
func (m *merge) lines() []ImportLine {
	out := make([]ImportLine, 0, len(m.order))
	for _, key := range m.order {
		next := m.seen[key].next
		l := ImportLine{Line: m.seen[key].line, Fate: WouldCreate}
		var before *registry.Agreement
		if k, known := m.kept[key]; known {
			if m.file.former { // such a line adds an indicator, and takes nothing back
				next.AllThemes, next.Themes, next.Indicators, next.Recipients = k.AllThemes, k.Themes, k.Indicators, k.Recipients
				next.Extended = union(k.Extended, next.Extended)
			}
			next.ID, next.Version, next.Created, next.Reminded = k.ID, k.Version, k.Created, k.Reminded
			before, l.Fate = &k, WouldChange
		} else {
			next.Created = m.a.Now().UTC()
		}
		l.Changes = m.a.changes(before, next)
		if before != nil && len(l.Changes) == 0 {
			l.Fate = WouldKeep
		}
		l.Next, l.Name = next, m.a.line(next, m.r.schools, m.a.today(), m.a.today()).Name
		out = append(out, l)
	}
	return out
}

func union(x, y []int) []int {
	out := slices.Concat(x, y)
	slices.Sort(out)
	return slices.Compact(out)
}
