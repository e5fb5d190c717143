package directory

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A sheet is one request of the feed: what it says of a person, a structure, a subject, a formation.
type sheet struct {
	category string
	id       string
	who      who
	attrs    []attr
}

type attr struct {
	name   string
	values []string
}

// categories of files, in the order in which they are read; operational names the same in the
// requests where it differs.
var (
	categories  = []string{"EtabEducNat", "MatiereEducNat", "MefEducNat", "Eleve", "PersRelEleve", "PersEducNat"}
	operational = map[string]string{"MatiereEducNat": "MatEducNat"}
)

// sortOf is the attribute that says which category a request is of.
func sortOf(category string) string {
	switch category {
	case "EtabEducNat":
		return "categorieStructure"
	case "MatiereEducNat":
		return "categorieMatiere"
	case "MefEducNat":
		return "categorieMef"
	}
	return "categoriePersonne"
}

func (s *sheet) add(name string, values ...string) {
	s.attrs = append(s.attrs, attr{name, slices.DeleteFunc(values, func(v string) bool { return v == "" })})
}

// composite joins the parts of a value by dollars, which no part may have.
func composite(parts ...string) string {
	for i, p := range parts {
		parts[i] = strings.TrimSpace(strings.ReplaceAll(p, "$", " "))
	}
	return strings.Join(parts, "$")
}

// A feed makes the sheets of a roster.
type feed struct {
	*roster
	structure string         // ENTStructureJointure of the school
	joins     map[who]string // ENTPersonJointure of people
	sheets    []sheet
}

// makeFeed reads the directory of a year as an academy would feed it.
func makeFeed(tx *vault.Tx, year belvedere.SchoolYear) (f *feed, err error) {
	f = &feed{joins: map[who]string{}}
	if f.roster, err = readRoster(tx, year); err != nil {
		return nil, err
	}
	if err := f.readJoins(tx); err != nil {
		return nil, err
	}
	if err := f.school(tx); err != nil {
		return nil, err
	}
	if err := f.nomenclatures(tx); err != nil {
		return nil, err
	}
	for _, p := range f.pupils {
		f.sheets = append(f.sheets, f.pupilSheet(p))
	}
	for _, g := range f.guardians {
		f.sheets = append(f.sheets, f.guardianSheet(g))
	}
	for _, m := range f.staff {
		f.sheets = append(f.sheets, f.memberSheet(m))
	}
	return f, nil
}

// readJoins gives each person the key that the academy's directory gave, else one of our own: the
// sort, then the local id, longer than any of the academy's.
func (f *feed) readJoins(tx *vault.Tx) error {
	taken := map[string]bool{}
	err := tx.Each("SELECT qui, qui_id, valeur FROM identifiant WHERE sorte = 'aaf' AND jusque IS NULL ORDER BY valeur, qui, qui_id", nil, func(scan func(...any) error) error {
		var w who
		var value string
		err := scan(&w.sort, &w.id, &value)
		if f.joins[w] == "" && value != "" && !taken[value] {
			f.joins[w], taken[value] = value, true
		}
		return err
	})
	if err != nil {
		return err
	}
	err = tx.Source("aaf_structure", int(f.year), []string{"jointure", "uai"}, func(r vault.SourceRow) error {
		if join := r.Text(0); strings.EqualFold(r.Text(1), string(f.roster.school.uai)) && (f.structure == "" || join < f.structure) {
			f.structure = join
		}
		return nil
	})
	f.structure = cmp.Or(f.structure, string(f.roster.school.uai)[:7])
	return err
}

func (f *feed) join(w who) string {
	if j := f.joins[w]; j != "" {
		return j
	}
	first := map[string]string{vault.Pupil: "1", vault.Guardian: "2", vault.Staff: "3"}[w.sort]
	id := strconv.FormatInt(w.id, 10)
	return first + strings.Repeat("0", max(0, 11-len(id))) + id
}

func (f *feed) school(tx *vault.Tx) error {
	c := f.roster.school
	s := sheet{category: "EtabEducNat", id: f.structure}
	s.add("ENTStructureJointure", f.structure)
	s.add("ENTStructureUAI", string(c.uai))
	s.add("ENTEtablissementUAI", string(c.uai))
	s.add("ENTStructureNomCourant", composite(cmp.Or(c.sign, c.kind), cmp.Or(c.name, string(c.uai)), c.town))
	s.add("ENTStructureTypeStruct", c.kind)
	s.add("ENTEtablissementContrat", c.sector)
	s.add("street", c.address)
	s.add("postalCode", c.postcode)
	s.add("l", c.town)
	for _, part := range [][2]string{{"ENTStructureClasses", "division"}, {"ENTStructureGroupes", "groupe"}} {
		var values []string
		err := tx.Each("SELECT code, libelle FROM "+part[1]+" WHERE annee = ? ORDER BY code", []any{int(f.year)}, func(scan func(...any) error) error {
			var code, label string
			err := scan(&code, &label)
			values = append(values, composite(code, cmp.Or(label, code)))
			return err
		})
		if err != nil {
			return err
		}
		s.add(part[0], values...)
	}
	f.sheets = append(f.sheets, s)
	return nil
}

// nomenclatures gives the subjects and formations of the year.
func (f *feed) nomenclatures(tx *vault.Tx) error {
	err := tx.Each("SELECT code, coalesce(nullif(libelle, ''), libelle_court) FROM matiere WHERE annee = ? ORDER BY code", []any{int(f.year)}, func(scan func(...any) error) error {
		var code, label string
		err := scan(&code, &label)
		s := sheet{category: "MatiereEducNat", id: code}
		s.add("ENTMatJointure", code)
		s.add("ENTLibelleMatiere", label)
		f.sheets = append(f.sheets, s)
		return err
	})
	if err != nil {
		return err
	}
	return tx.Each("SELECT code, libelle, mefstat11 FROM mef WHERE annee = ? ORDER BY code", []any{int(f.year)}, func(scan func(...any) error) error {
		var code, label, stat string
		err := scan(&code, &label, &stat)
		s := sheet{category: "MefEducNat", id: code}
		s.add("ENTMefJointure", code)
		s.add("ENTLibelleMef", label)
		s.add("ENTMEFRattach", code)
		s.add("ENTMEFSTAT11", stat)
		f.sheets = append(f.sheets, s)
		return err
	})
}
