package vault

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A pupilIn is a pupil as the source of the year says it.
type pupilIn struct {
	ref          string // by which rows of the source name him: ELEVE_ID, rank…
	eleveID      string
	elenoet      string
	join, ent    string   // identifiers of the academy's directory, of the ENT
	ines         []string // best first
	last, first  string
	second       string
	usage        string
	birth, sex   string
	mef, level   string
	label        string // of the formation
	status       string
	regime       string
	repeats      any
	transport    any
	enters       string
	leaves       string
	reason       string
	origin       string
	mail         string
	address      address
	divisions    []string
	groups       []string
	options      []optionIn
	line, origID int64 // of the row, and its import
	id           int64 // local, once matched
}

type optionIn struct {
	rank          int
	subject, mode string
}

// An address as letters need it.
type address struct {
	lines                  [4]string
	postcode, town, nation string
}

// key is what addresses are compared by.
func (a address) key() string {
	if a.town == "" && a.postcode == "" && a.lines == [4]string{} {
		return ""
	}
	return nameKey(a.lines[0], a.lines[1], a.lines[2], a.lines[3], a.postcode, a.town)
}

// args are its columns.
func (a address) args() []any {
	return []any{a.lines[0], a.lines[1], a.lines[2], a.lines[3], a.postcode, a.town, a.nation}
}

func (p *pupilIn) key() string { return nameKey(p.last, p.first) + "|" + p.birth }

func (p *pupilIn) ine() string {
	if len(p.ines) == 0 {
		return ""
	}
	return p.ines[0]
}

func (p *pupilIn) name() string { return p.last + " " + p.first }

// gatherPupils reads the pupils of the first source that has some.
func (c *consolidation) gatherPupils() error {
	readers := map[string]func() error{
		"siecle_eleve": c.siecleEleves, "onde_eleve": c.ondeEleves, "aaf_eleve": c.aafEleves, "edt_eleve": c.edtEleves,
		"ent_eleve": c.entEleves,
	}
	kind := c.pupilKind()
	if kind == "" {
		return nil
	}
	if err := readers[kind](); err != nil {
		return err
	}
	for _, p := range c.pupilsIn {
		slices.SortFunc(p.divisions, cmp.Compare[string]) // the first by ascending code counts, as in official exports
		p.divisions = slices.DeleteFunc(slices.Compact(p.divisions), func(d string) bool { return d == "" || Code(d) == noStructure })
	}
	return nil
}

// pupilKind is the kind that pupils of the year come from, "" when there is none.
func (c *consolidation) pupilKind() string {
	return c.first("siecle_eleve", "onde_eleve", "aaf_eleve", "edt_eleve", "ent_eleve")
}

// byRef finds pupils by what rows of the source name them.
func (c *consolidation) byRef() map[string]*pupilIn {
	m := make(map[string]*pupilIn, len(c.pupilsIn))
	for _, p := range c.pupilsIn {
		if _, twice := m[p.ref]; !twice {
			m[p.ref] = p
		}
	}
	return m
}

func (c *consolidation) siecleEleves() error {
	places, err := c.siecleAddresses("siecle_adresse_eleve")
	if err != nil {
		return err
	}
	err = c.rows("siecle_eleve", []string{"eleve_id", "elenoet", "ine_rnie", "ine_bea", "id_national|ine", "nom", "nom_usage", "prenom", "prenom2",
		"date_naiss", "code_sexe", "code_mef", "code_statut", "code_regime", "doublement", "adhesion_transport", "date_entree", "date_sortie",
		"code_motif_sortie", "code_provenance", "lib_mef", "adresse_id"}, func(r SourceRow) error {
		p := &pupilIn{ref: r.Text(0), eleveID: r.Text(0), elenoet: r.Text(1), ines: distinct(r.Text(2), r.Text(3), r.Text(4)),
			last: r.Text(5), usage: r.Text(6), first: r.Text(7), second: r.Text(8), birth: readDay(r.Text(9)), sex: readSex(r.Text(10)),
			mef: r.Text(11), status: r.Text(12), regime: r.Text(13), repeats: truth(r.Text(14)), transport: truth(r.Text(15)),
			enters: readDay(r.Text(16)), leaves: readDay(r.Text(17)), reason: r.Text(18), origin: r.Text(19), label: r.Text(20),
			address: places[r.Text(21)], line: r.Line, origID: r.Import}
		c.pupilsIn = append(c.pupilsIn, p)
		return nil
	})
	if err != nil {
		return err
	}
	return c.siecleBelongings(c.byRef())
}

// siecleBelongings adds structures and options to the pupils of SIECLE.
func (c *consolidation) siecleBelongings(by map[string]*pupilIn) error {
	err := c.rows("siecle_structure_eleve", []string{"eleve_id", "code_structure", "type_structure"}, func(r SourceRow) error {
		p := by[r.Text(0)]
		switch {
		case p == nil:
		case strings.EqualFold(r.Text(2), "G"):
			p.groups = append(p.groups, r.Text(1))
		default:
			p.divisions = append(p.divisions, r.Text(1))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.rows("siecle_option", []string{"eleve_id", "num_option", "code_matiere|code_gestion", "code_modalite_elect"}, func(r SourceRow) error {
		if p := by[r.Text(0)]; p != nil {
			p.options = append(p.options, optionIn{number(r.Text(1)), r.Text(2), r.Text(3)})
		}
		return nil
	})
}

// siecleAddresses are those of a file of SIECLE, by ADRESSE_ID.
func (c *consolidation) siecleAddresses(kind string) (map[string]address, error) {
	places := map[string]address{}
	err := c.rows(kind, []string{"adresse_id", "ligne1_adresse", "ligne2_adresse", "ligne3_adresse", "ligne4_adresse",
		"code_postal", "libelle_postal", "commune_etrangere", "ll_pays"}, func(r SourceRow) error {
		a := address{[4]string{r.Text(1), r.Text(2), r.Text(3), r.Text(4)}, r.Text(5), cmp.Or(r.Text(6), r.Text(7)), r.Text(8)}
		places[r.Text(0)] = a
		return nil
	})
	return places, err
}

func (c *consolidation) ondeEleves() error {
	return c.rows("onde_eleve", []string{"rang", "ine", "nom", "nom_usage", "prenom", "naissance", "sexe", "niveau", "classe"}, func(r SourceRow) error {
		c.pupilsIn = append(c.pupilsIn, &pupilIn{ref: r.Text(0), ines: distinct(r.Text(1)), last: r.Text(2), usage: r.Text(3), first: r.Text(4),
			birth: readDay(r.Text(5)), sex: readSex(r.Text(6)), level: levelOfLabel(r.Text(7)), divisions: []string{r.Text(8)},
			line: r.Line, origID: r.Import})
		return nil
	})
}

func (c *consolidation) edtEleves() error {
	err := c.rows("edt_eleve", []string{"rang", "ine", "nom", "prenom", "naissance", "sexe", "classe_nom|classe", "formation", "regime", "redoublant"},
		func(r SourceRow) error {
			c.pupilsIn = append(c.pupilsIn, &pupilIn{ref: r.Text(0), ines: distinct(r.Text(1)), last: r.Text(2), first: r.Text(3),
				birth: readDay(r.Text(4)), sex: readSex(r.Text(5)), divisions: []string{r.Text(6)}, level: levelOfLabel(r.Text(7)),
				regime: r.Text(8), repeats: truth(r.Text(9)), line: r.Line, origID: r.Import})
			return nil
		})
	if err != nil {
		return err
	}
	by := c.byRef()
	return c.rows("edt_eleve_groupe", []string{"eleve_rang", "nom"}, func(r SourceRow) error {
		if p := by[r.Text(0)]; p != nil {
			p.groups = append(p.groups, r.Text(1))
		}
		return nil
	})
}

// distinct are the texts that are not empty, each once.
func distinct(texts ...string) (list []string) {
	for _, t := range texts {
		if t != "" && !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return list
}

// readSex reads the codes and words of files; "" when they say nothing.
func readSex(s string) string {
	switch Fold(s) {
	case "1", "M", "G", "H", "MASCULIN", "GARCON", "HOMME":
		return "M"
	case "2", "F", "FEMININ", "FILLE", "FEMME":
		return "F"
	}
	return ""
}

// number reads a whole number, 0 when it is none.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// whole reads a whole number for a column that may be NULL.
func whole(s string) any {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil {
		return n
	}
	return nil
}

// decimal reads a number written with a point or a comma, for a column that may be NULL.
func decimal(s string) any {
	if f, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(s), ",", ".", 1), 64); err == nil {
		return f
	}
	return nil
}
