package vault

import (
	"cmp"
	"fmt"
	"slices"
)

// A staffIn is a member of staff as the source of the year says it.
type staffIn struct {
	kind, number string // TYPE and ID of STS: the number is unique with its type only
	join, ent    string // identifiers of the academy's directory, of the ENT
	civility     string
	usage, last  string // name in use, name of birth
	first        string
	birth, sex   string
	grade        string
	function     string
	mail         string
	source       string
	line         int64
	id           int64
}

func (s *staffIn) key() string { return nameKey(cmp.Or(s.usage, s.last), s.first) }

// staffIndex finds staff of the year by what rows name them by.
type staffIndex struct {
	byNumber map[string]int64   // "epp/8101"
	byName   map[string][]int64 // nameKey, for each name that one bears
	byLast   map[string][]int64 // Fold of the last name
	byWhole  map[string][]int64 // Fold of "NOM Prénom"
	teaching map[int64]bool
}

func (x *staffIndex) add(s *staffIn) {
	if s.number != "" {
		x.byNumber[s.kind+"/"+s.number] = s.id
	}
	for _, last := range distinct(s.usage, s.last) {
		put := func(m map[string][]int64, k string) {
			if !slices.Contains(m[k], s.id) {
				m[k] = append(m[k], s.id)
			}
		}
		put(x.byName, nameKey(last, s.first))
		put(x.byLast, Fold(last))
		put(x.byWhole, Fold(last+" "+s.first))
	}
}

// staffPeople gives each member of staff of the source a local id, and writes who they are.
func (c *consolidation) staffPeople() error {
	c.staff = staffIndex{map[string]int64{}, map[string][]int64{}, map[string][]int64{}, map[string][]int64{}, map[int64]bool{}}
	if err := c.clear("affectation", "discipline", "prof_principal"); err != nil {
		return err
	}
	var list []*staffIn
	var err error
	switch c.first("sts_individu", "aaf_personnel", "onde_enseignant", "ent_personnel") {
	case "sts_individu":
		list, err = c.stsStaff()
	case "aaf_personnel":
		list, err = c.aafStaff()
	case "onde_enseignant":
		list, err = c.ondeStaff()
	case "ent_personnel":
		list, err = c.entStaff()
	}
	if err != nil {
		return err
	}
	if err := c.keepStaff(list); err != nil {
		return err
	}
	if c.first("sts_individu", "aaf_personnel") == "aaf_personnel" {
		return c.aafHeadTeachers(list)
	}
	return c.stsDetails()
}

// keepStaff matches, writes and assigns people.
func (c *consolidation) keepStaff(list []*staffIn) error {
	ambiguous, err := c.matchStaff(list)
	if err != nil {
		return err
	}
	for _, s := range list {
		if err := c.writeStaff(s); err != nil {
			return err
		}
		c.staff.add(s)
		if ambiguous[s] {
			name := cmp.Or(s.usage, s.last) + " " + s.first
			if err := c.note("personnel_ambigu", who{Staff, s.id}, name,
				fmt.Sprintf("Plusieurs personnels connus pourraient être %s\u00a0: une nouvelle fiche a été ouverte.", name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *consolidation) stsStaff() (list []*staffIn, err error) {
	seen := map[string]bool{}
	err = c.rows("sts_individu", []string{"type", "id", "civilite", "nom_usage", "nom_patronymique", "prenom", "date_naissance", "sexe", "grade", "fonction"}, func(r SourceRow) error {
		if k := r.Text(0) + "/" + r.Text(1); !seen[k] {
			seen[k] = true
			list = append(list, &staffIn{kind: r.Text(0), number: r.Text(1), civility: civility(r.Text(2)), usage: r.Text(3), last: r.Text(4), first: r.Text(5),
				birth: readDay(r.Text(6)), sex: readSex(r.Text(7)), grade: r.Text(8), function: r.Text(9), source: "sts", line: r.Line})
		}
		return nil
	})
	return list, err
}

func (c *consolidation) ondeStaff() (list []*staffIn, err error) {
	err = c.rows("onde_enseignant", []string{"civilite", "nom_usage", "nom", "prenom", "directeur"}, func(r SourceRow) error {
		s := &staffIn{civility: civility(r.Text(0)), usage: r.Text(1), last: r.Text(2), first: r.Text(3), function: "ENS", source: "onde", line: r.Line}
		if truth(r.Text(4)) == 1 {
			s.function = "DIR"
		}
		list = append(list, s)
		return nil
	})
	return list, err
}

// knownStaff is someone whom the vault has already.
type knownStaff struct {
	id    int64
	birth string
}

// knownStaff are those of the vault, by name and by identifier.
func (c *consolidation) knownStaff() (byKey map[string][]knownStaff, byID map[string]int64, err error) {
	byKey, byID = map[string][]knownStaff{}, map[string]int64{}
	err = c.tx.Each("SELECT id, cle, naissance FROM personnel ORDER BY id", nil, func(scan func(...any) error) error {
		var k knownStaff
		var key string
		err := scan(&k.id, &key, &k.birth)
		byKey[key] = append(byKey[key], k)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	err = c.tx.Each("SELECT qui_id, sorte, valeur FROM identifiant WHERE qui = 'personnel' ORDER BY jusque IS NULL, jusque, depuis", nil, func(scan func(...any) error) error {
		var id int64
		var sort, value string
		err := scan(&id, &sort, &value)
		byID[sort+"="+value] = id // those still borne come last and stay
		return err
	})
	return byKey, byID, err
}

// matchStaff finds who each one was: by number, then by name, with the birth date when both know it.
func (c *consolidation) matchStaff(list []*staffIn) (ambiguous map[*staffIn]bool, err error) {
	byKey, byID, err := c.knownStaff()
	if err != nil {
		return nil, err
	}
	taken := map[int64]bool{}
	for _, s := range list {
		for _, name := range s.identifiers() {
			if id := byID[name[0]+"="+name[1]]; s.id == 0 && id != 0 && !taken[id] {
				s.id, taken[id] = id, true
			}
		}
	}
	ambiguous = map[*staffIn]bool{}
	for _, s := range list {
		if s.id != 0 {
			continue
		}
		var fits []int64
		for _, k := range byKey[s.key()] {
			if !taken[k.id] && (k.birth == "" || s.birth == "" || k.birth == s.birth) {
				fits = append(fits, k.id)
			}
		}
		switch {
		case len(fits) == 1:
			s.id, taken[fits[0]] = fits[0], true
		case len(fits) > 1:
			ambiguous[s] = true
		}
	}
	return ambiguous, nil
}

// identifiers are the pairs of sort and value that name someone.
func (s *staffIn) identifiers() (list [][2]string) {
	if s.number != "" {
		list = append(list, [2]string{"sts_" + cmp.Or(s.kind, "epp"), s.number})
	}
	if s.join != "" {
		list = append(list, [2]string{"aaf", s.join})
	}
	if s.ent != "" {
		list = append(list, [2]string{"ent", s.ent})
	}
	return list
}

func (c *consolidation) writeStaff(s *staffIn) (err error) {
	args := []any{s.kind, s.number, s.civility, cmp.Or(s.usage, s.last), s.last, s.first, s.birth, s.sex, s.mail, s.key(), s.source, c.at}
	if s.id == 0 {
		s.id, err = c.tx.Insert(`INSERT INTO personnel (type, sts_id, civilite, nom, nom_patronymique, prenom, naissance, sexe, mel, cle, source, vu, cree)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, append(args, c.at)...)
	} else {
		err = c.exec(`UPDATE personnel SET type = ?, sts_id = ?, civilite = ?, nom = ?, nom_patronymique = ?, prenom = ?, naissance = ?, sexe = ?, mel = ?,
			cle = ?, source = ?, vu = ? WHERE id = ?`, append(args, s.id)...)
	}
	if err != nil {
		return err
	}
	for _, name := range s.identifiers() {
		if err := c.identify(who{Staff, s.id}, name[0], name[1]); err != nil {
			return err
		}
	}
	return c.exec(`INSERT INTO affectation (annee, personnel, fonction, grade, enseignant, categorie, source, ligne) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`, c.year, s.id, s.function, s.grade, s.function == "ENS", category(s.function), s.source, s.line)
}

// category is the profile of the territory of a function.
func category(function string) string {
	switch function {
	case "ENS", "DOC":
		return "enseignants"
	case "EDU", "AED", "SUR", "MI", "SE":
		return "vie_scolaire"
	case "DIR", "ADF", "ADA", "ADM", "SEC", "INT":
		return "administratifs"
	case "AEH", "AESH", "AVS":
		return "accompagnants"
	}
	return "personnels"
}

// stsDetails writes disciplines and head teachers.
func (c *consolidation) stsDetails() error {
	err := c.rows("sts_discipline", []string{"individu_type", "individu_id", "code", "libelle_court|libelle_long", "nb_heures"}, func(r SourceRow) error {
		id := c.staff.byNumber[r.Text(0)+"/"+r.Text(1)]
		if id == 0 {
			return nil
		}
		return c.exec("INSERT INTO discipline (annee, personnel, code, libelle, heures) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			c.year, id, r.Text(2), r.Text(3), decimal(r.Text(4)))
	})
	if err != nil {
		return err
	}
	return c.rows("sts_prof_principal", []string{"individu_type", "individu_id", "code_structure"}, func(r SourceRow) error {
		id := c.staff.byNumber[r.Text(0)+"/"+r.Text(1)]
		if id == 0 {
			return nil
		}
		division, _ := c.resolve(sortDivision, "sts", r.Text(2))
		return c.headTeacher(division, id)
	})
}

func (c *consolidation) headTeacher(division string, id int64) error {
	return c.exec("INSERT INTO prof_principal (annee, division, personnel) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", c.year, division, id)
}

// teacherOf finds who a timetable means; known is false when it is nobody of the school. whole is
// the name in one piece, for tools that do not part it.
func (c *consolidation) teacherOf(source, last, first, whole string) (id int64, known bool) {
	if whole == "" {
		whole = last + " " + first
	}
	if id, none, ok := c.teacher(source, whole); ok {
		return id, !none
	}
	for _, list := range [][]int64{c.staff.byName[nameKey(last, first)], c.staff.byWhole[Fold(whole)]} {
		if len(list) == 1 {
			return list[0], true
		}
	}
	if first == "" {
		if list := c.staff.byLast[Fold(cmp.Or(last, whole))]; len(list) == 1 {
			return list[0], true
		}
	}
	return 0, false
}
