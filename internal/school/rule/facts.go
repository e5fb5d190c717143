package rule

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// facts are what the files of a year say, read once for all checks.
type facts struct {
	tx      *vault.Tx
	year    belvedere.SchoolYear
	uai     belvedere.UAI
	imports []imported
	kinds   map[string]bool // that imports which stand give

	pupils   []*pupil
	byPupil  map[string]*pupil // ELEVE_ID → first that bears it
	persons  []*person
	byPerson map[string]*person
	links    []*link
	places   map[string]*postal // ADRESSE_ID →
	postals  []*postal

	divisions map[string][]*structure // source →
	groups    map[string][]*structure
	nomenclature
	teachers  []*teacher
	byTeacher map[string]*teacher // type and id →
	services  []*service          // of sts_emp
	placed    []*service          // of emp_sts
	lessons   []*lesson           // of EDT or UnDeuxTemps
	up        []*lesson           // of emp_sts
	calendar

	directory []*listing // pupils of AAF
	maquette  maquette   // of Apogée
	twins     []Duplicate

	confirmed map[[3]string]string // sort, source, value → target
	excluded  map[[3]string]bool   // structure, subject, mode
	locals    map[[2]string]int64  // sort of identifier, value → local id
	resolved  map[[3]string]resolved
	taught    map[string][]programme // MEF →
	enrolled  map[*structure]int     // pupils by the official rule
	told      map[string]bool        // fields of pupils that the file gives to anybody
	err       error                  // first one of a check that read more
}

// must keeps the error of a check.
func (f *facts) must(err error) {
	if f.err == nil {
		f.err = err
	}
}

// toolOf is where what a source says is mended.
func toolOf(source string) string {
	switch source {
	case "siecle":
		return ToolSIECLE
	case "sts":
		return ToolSTS
	case "aaf":
		return ToolENT
	}
	return ToolTimetable
}

// An imported is a file that stands.
type imported struct {
	id       int64
	format   string
	source   string
	file     string
	exported time.Time // zero when it does not say
	kinds    []string
}

// A place is where a row lies.
type place struct {
	imp, line int64
}

func at(r vault.SourceRow) place { return place{r.Import, r.Line} }

// side is a value at a place.
func (p place) side(source, field, value string) Side {
	return Side{Source: source, Import: p.imp, Line: p.line, Field: field, Value: value}
}

// gather reads all that the checks look at.
func gather(tx *vault.Tx, year belvedere.SchoolYear) (f *facts, err error) {
	defer belvedere.Wrap(&err, "gather(%s)", year)
	f = &facts{tx: tx, year: year, uai: tx.Vault().UAI(), kinds: map[string]bool{}, divisions: map[string][]*structure{}, groups: map[string][]*structure{},
		resolved: map[[3]string]resolved{}, taught: map[string][]programme{}, told: map[string]bool{}}
	for _, step := range []func() error{
		f.readImports, f.readConfirmed, f.readExcluded, f.readLocals,
		f.readNomenclature, f.readStructures, f.readPupils, f.readGuardians, f.readTeachers, f.readServices, f.readLessons, f.readCalendar,
		f.readDirectory, f.readMaquette,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *facts) readImports() error {
	return f.tx.Each("SELECT id, format, source, fichier, ifnull(exporte, 0), genres FROM import WHERE annee = ? AND remplace IS NULL ORDER BY id",
		[]any{int(f.year)}, func(scan func(...any) error) error {
			var i imported
			var exported int64
			var kinds string
			if err := scan(&i.id, &i.format, &i.source, &i.file, &exported, &kinds); err != nil {
				return err
			}
			if exported != 0 {
				i.exported = vault.Instant(exported).In(f.tx.Vault().Zone())
			}
			if err := json.Unmarshal([]byte(kinds), &i.kinds); err != nil {
				return err
			}
			for _, k := range i.kinds {
				f.kinds[k] = true
			}
			f.imports = append(f.imports, i)
			return nil
		})
}

// any tells whether one of the kinds was imported.
func (f *facts) any(kinds ...string) bool {
	return slices.ContainsFunc(kinds, func(k string) bool { return f.kinds[k] })
}

// importOf is the last import that gives a kind.
func (f *facts) importOf(kind string) imported {
	for _, i := range slices.Backward(f.imports) {
		if slices.Contains(i.kinds, kind) {
			return i
		}
	}
	return imported{}
}

// rows hands the rows of a kind.
func (f *facts) rows(kind string, fields []string, take func(r vault.SourceRow)) error {
	if !f.kinds[kind] {
		return nil
	}
	return f.tx.Source(kind, int(f.year), fields, func(r vault.SourceRow) error {
		take(r)
		return nil
	})
}

// readConfirmed reads the names that people confirmed.
func (f *facts) readConfirmed() error {
	f.confirmed = map[[3]string]string{}
	return f.tx.Each("SELECT sorte, source, valeur, cible FROM rapprochement WHERE etat = 'confirme' AND annee IN (0, ?) ORDER BY annee",
		[]any{int(f.year)}, func(scan func(...any) error) error {
			var sort, source, value, target string
			err := scan(&sort, &source, &value, &target)
			f.confirmed[[3]string{sort, source, value}] = target
			return err
		})
}

// readExcluded reads the services that are left out until they are final.
func (f *facts) readExcluded() error {
	f.excluded = map[[3]string]bool{}
	return f.tx.Each("SELECT structure, matiere, modalite FROM service_exclu WHERE annee = ?", []any{int(f.year)}, func(scan func(...any) error) error {
		var k [3]string
		err := scan(&k[0], &k[1], &k[2])
		f.excluded[k] = true
		return err
	})
}

// leftOut tells whether a service is not final yet.
func (f *facts) leftOut(structure, subject, mode string) bool {
	code := vault.Code(structure)
	return f.excluded[[3]string{code, subject, ""}] || f.excluded[[3]string{code, subject, mode}]
}

// readLocals reads which person of the vault bears which identifier of a file.
func (f *facts) readLocals() error {
	f.locals = map[[2]string]int64{}
	return f.tx.Each("SELECT sorte, valeur, qui_id FROM identifiant WHERE jusque IS NULL ORDER BY depuis DESC, qui_id DESC", nil,
		func(scan func(...any) error) error {
			var k [2]string
			var id int64
			err := scan(&k[0], &k[1], &id)
			f.locals[k] = id
			return err
		})
}

// subject is the person who bears an identifier, nobody when the vault does not know.
func (f *facts) subject(who, sort, value string) Subject {
	if id := f.locals[[2]string{sort, value}]; id != 0 && value != "" {
		return Subject{who, id}
	}
	return Subject{}
}

// number reads a whole number, -1 when it is none.
func number(s string) int {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil {
		return n
	}
	return -1
}

// decimal reads a number written with a point or a comma; known is false when it is none.
func decimal(s string) (v float64, known bool) {
	v, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(s), ",", ".", 1), 64)
	return v, err == nil
}

// date reads a date of a file as the vault writes them, "" when it is none.
func date(s string) string {
	d, err := belvedere.ParseDate(s)
	if err != nil {
		return ""
	}
	return vault.Day(d)
}
