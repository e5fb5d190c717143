package vault

import (
	"strconv"
)

// A resolver finds what a source means by a name: as someone confirmed, else by the same code,
// else by a code that differs by spaces, case and accents only.
type resolver struct {
	confirmed map[[3]string]string // sort, source, value → target
	codes     map[string]map[string]string
}

// The sorts of names that sources write differently (rapprochement.sorte).
const (
	sortDivision = "division"
	sortGroup    = "groupe"
	sortTeacher  = "enseignant"
	sortSubject  = "matiere"
	sortProgram  = "mef"
	sortRoom     = "salle"
)

// load reads confirmations and codes of structures. It is a step of the consolidation.
func (r *resolver) load(c *consolidation) func() error {
	return func() error {
		r.confirmed, r.codes = map[[3]string]string{}, map[string]map[string]string{}
		err := c.tx.Each("SELECT sorte, source, valeur, cible FROM rapprochement WHERE etat = 'confirme' AND annee IN (0, ?) ORDER BY annee", []any{c.year},
			func(scan func(...any) error) error {
				var sort, source, value, target string
				err := scan(&sort, &source, &value, &target)
				r.confirmed[[3]string{sort, source, value}] = target
				return err
			})
		if err != nil {
			return err
		}
		for sort, query := range map[string]string{
			sortDivision: "SELECT code, '' FROM division WHERE annee = ?",
			sortGroup:    "SELECT code, '' FROM groupe WHERE annee = ?",
			sortSubject:  "SELECT code, gestion FROM matiere WHERE annee = ?",
		} {
			err := c.tx.Each(query, []any{c.year}, func(scan func(...any) error) error {
				var code, alias string
				err := scan(&code, &alias)
				r.learn(sort, code, code)
				r.learn(sort, alias, code)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// learn adds a name of a code. Two codes that differ by spaces only keep their exact names alone.
func (r *resolver) learn(sort, name, code string) {
	if name == "" {
		return
	}
	m := r.codes[sort]
	if m == nil {
		m = map[string]string{}
		r.codes[sort] = m
	}
	m["="+name] = code
	if key := Code(name); m[key] == "" {
		m[key] = code
	} else if m[key] != code {
		m[key] = "?"
	}
}

// resolve is the code that a source means; known is false when nothing bears that name, and the
// code is then what was written.
func (r *resolver) resolve(sort, source, value string) (code string, known bool) {
	if value == "" {
		return "", false
	}
	if target, ok := r.confirmed[[3]string{sort, source, value}]; ok {
		return target, target != ""
	}
	if code := r.codes[sort]["="+value]; code != "" {
		return code, true
	}
	if code := r.codes[sort][Code(value)]; code != "" && code != "?" {
		return code, true
	}
	return value, false
}

// teacher is the member of staff that someone confirmed for a name of a timetable. none is true
// when it was said that it is nobody.
func (r *resolver) teacher(source, name string) (id int64, none, ok bool) {
	target, ok := r.confirmed[[3]string{sortTeacher, source, name}]
	if !ok {
		return 0, false, false
	}
	id, err := strconv.ParseInt(target, 10, 64)
	return id, target == "" || err != nil, true
}
