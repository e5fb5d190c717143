package rule

import (
	"cmp"
	"strconv"

	"belvedere/internal/school/vault"
	"belvedere/internal/source/record"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// A structure is a division or a group as a source says it.
type structure struct {
	place
	source      string
	code, label string
	headcount   int // declared, -1 when it is not
	mefs        []string
	divisions   []string // that a group draws from
}

func (s *structure) side(field, value string) Side { return s.place.side(s.source, field, value) }

// find is the structure of a code, nil when there is none.
func find(list []*structure, code string) *structure {
	for _, s := range list {
		if s.code == code {
			return s
		}
	}
	return nil
}

// readStructures reads the divisions and groups that SIECLE, STS-Web and emp_sts declare.
func (f *facts) readStructures() error {
	for _, s := range []struct{ source, prefix string }{{"siecle", "siecle_"}, {"sts", "sts_"}, {"emp_sts", "empsts_"}} {
		divisions, groups := map[string]*structure{}, map[string]*structure{}
		read := func(kind string, by map[string]*structure, into map[string][]*structure) error {
			return f.rows(s.prefix+kind, []string{"code|code_structure", "libelle_long", "effectif_calcule"}, func(r vault.SourceRow) {
				x := &structure{place: at(r), source: s.source, code: r.Text(0), label: r.Text(1), headcount: number(r.Text(2))}
				if x.code != "" && by[x.code] == nil {
					by[x.code], into[s.source] = x, append(into[s.source], x)
				}
			})
		}
		mefs := func(kind, owner string, by map[string]*structure) error {
			return f.rows(s.prefix+kind, []string{owner + "|code_structure", "mef|code_mef"}, func(r vault.SourceRow) {
				if x := by[r.Text(0)]; x != nil && r.Text(1) != "" {
					x.mefs = append(x.mefs, r.Text(1))
				}
			})
		}
		if err := cmp.Or(read("division", divisions, f.divisions), read("groupe", groups, f.groups),
			mefs("division_mef", "division", divisions), mefs("groupe_mef", "groupe", groups)); err != nil {
			return err
		}
		err := f.rows(s.prefix+"groupe_division", []string{"groupe|code_structure", "division|code_division"}, func(r vault.SourceRow) {
			if x := groups[r.Text(0)]; x != nil && r.Text(1) != "" {
				x.divisions = append(x.divisions, r.Text(1))
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// A nomenclature is what formations and subjects there are, of SIECLE when it is there and of
// STS-Web.
type nomenclature struct {
	subjects   map[string]*subject // code →
	gestion    map[string]string   // folded mnemonic → code
	mefs       map[string]*formation
	programmes []programme
	required   map[[2]string][]string // MEF, subject → ranks of compulsory options
}

type subject struct {
	code, gestion, label string
	siecle, sts          bool
}

type formation struct {
	code, label           string
	obligatory, available int // NB_OPT_OBLIG and NB_OPT_MINI, -1 when untold
}

type programme struct {
	mef, subject, mode string
	hours              record.Value
	source             string
}

func (f *facts) readNomenclature() error {
	f.subjects, f.gestion, f.mefs, f.required = map[string]*subject{}, map[string]string{}, map[string]*formation{}, map[[2]string][]string{}
	for _, kind := range []string{"siecle_matiere", "sts_matiere"} {
		err := f.rows(kind, []string{"code|code_matiere", "code_gestion", "libelle_long|libelle_edition|libelle_court"}, func(r vault.SourceRow) {
			s := f.subjects[r.Text(0)]
			if s == nil {
				s = &subject{code: r.Text(0), gestion: r.Text(1), label: r.Text(2)}
				f.subjects[s.code] = s
			}
			if kind == "sts_matiere" {
				s.sts = true
			} else {
				s.siecle = true
			}
			if g := vault.Code(r.Text(1)); g != "" && f.gestion[g] == "" {
				f.gestion[g] = s.code
			}
		})
		if err != nil {
			return err
		}
	}
	for _, kind := range []string{"siecle_mef", "sts_mef"} {
		err := f.rows(kind, []string{"code|code_mef", "libelle_edition|libelle_long|formation", "nb_opt_oblig", "nb_opt_mini"}, func(r vault.SourceRow) {
			if f.mefs[r.Text(0)] == nil {
				f.mefs[r.Text(0)] = &formation{r.Text(0), r.Text(1), number(r.Text(2)), number(r.Text(3))}
			}
		})
		if err != nil {
			return err
		}
	}
	return f.readProgrammes()
}

func (f *facts) readProgrammes() error {
	for _, kind := range []string{"siecle_programme", "sts_programme"} {
		err := f.rows(kind, []string{"mef|code_mef", "matiere|code_matiere", "modalite_elect|code_modalite_elect", "horaire"}, func(r vault.SourceRow) {
			f.programmes = append(f.programmes, programme{r.Text(0), r.Text(1), r.Text(2), r.Get(3), kind[:len(kind)-len("_programme")]})
		})
		if err != nil {
			return err
		}
	}
	return f.rows("siecle_option_obligatoire", []string{"code_mef", "code_matiere", "rang_option"}, func(r vault.SourceRow) {
		k := [2]string{r.Text(0), r.Text(1)}
		f.required[k] = append(f.required[k], r.Text(2))
	})
}

// subjectName is how a sentence names a subject.
func (f *facts) subjectName(code string) string {
	if s := f.subjects[code]; s != nil && s.label != "" {
		return s.label + " (" + code + ")"
	}
	return code
}
