package directory

import (
	"cmp"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A who is a person of the vault.
type who struct {
	sort string
	id   int64
}

// A person is what pupils, guardians and staff have in common.
type person struct {
	who
	civility    string
	last, usage string
	first       string
	birth       string // as stored
	sex         string
	mail        string
	address     []string // lines, without postcode and town
	postcode    string
	town        string
	country     string
}

// called is the name that people know someone by: "DUPONT Anne".
func (p *person) called() string { return cmp.Or(p.usage, p.last) + " " + p.first }

// addressed is the name on an envelope: "Mme DUPONT Anne".
func (p *person) addressed() string { return strings.TrimSpace(p.civility + " " + p.called()) }

// place is the address below the name, nil when it is not known.
func (p *person) place() []string {
	lines := slices.Clone(p.address)
	if town := strings.TrimSpace(p.postcode + " " + p.town); town != "" {
		lines = append(lines, town)
	}
	if c := vault.Fold(p.country); len(lines) > 0 && c != "" && c != "FRANCE" && c != "100" {
		lines = append(lines, p.country)
	}
	return lines
}

type pupil struct {
	person
	division, level, mef, mefLabel string
	ine, number                    string // ELEVE_ID
	regime, pension, status        string
	transport                      *int64
	enters                         string
	groups                         []string
	options                        []option
	links                          []link
}

type option struct{ code, label string }

type link struct {
	guardian               int64
	kinship                string
	level                  int
	pays, contact, lodging *int64
}

type guardian struct {
	person
	home, mobile, work string
	sms                *int64
	pupils             []int64
}

type member struct {
	person
	number, numberType string // of STS
	function, profile  string
	teaches            bool
	divisions, groups  []taught // without subject too
	head               []string // divisions whose head teacher he is
}

type taught struct{ code, subject string }

// A card is the school as its letters name it.
type card struct {
	uai                                               belvedere.UAI
	sign, name, kind, sector, address, postcode, town string
}

// title is the name of the school, its UAI when no file gives one.
func (c card) title() string {
	return cmp.Or(strings.TrimSpace(strings.TrimSpace(c.sign)+" "+strings.TrimSpace(c.name)), string(c.uai))
}

// A roster is everyone of a year, read once.
type roster struct {
	year      belvedere.SchoolYear
	school    card
	pupils    []*pupil // by division, then name
	pupil     map[int64]*pupil
	guardians []*guardian // of the pupils, by name
	guardian  map[int64]*guardian
	staff     []*member // by name
	member    map[int64]*member
}

// divisionOrder compares divisions, those without last.
func divisionOrder(a, b string) int {
	return cmp.Or(cmp.Compare(btoi(a == ""), btoi(b == "")), strings.Compare(a, b))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func byName(a, b *person) int {
	return cmp.Or(strings.Compare(vault.Fold(cmp.Or(a.usage, a.last)), vault.Fold(cmp.Or(b.usage, b.last))),
		strings.Compare(vault.Fold(a.first), vault.Fold(b.first)), cmp.Compare(a.id, b.id))
}

// readRoster reads the people of a year: pupils who have not left, those who answer for them, staff.
func readRoster(tx *vault.Tx, year belvedere.SchoolYear) (*roster, error) {
	r := &roster{year: year, school: card{uai: tx.Vault().UAI()}, pupil: map[int64]*pupil{}, guardian: map[int64]*guardian{}, member: map[int64]*member{}}
	for _, step := range []func(*vault.Tx) error{r.readSchool, r.readPupils, r.readGroups, r.readOptions, r.readGuardians, r.readLinks, r.readStaff, r.readTeaching} {
		if err := step(tx); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(r.pupils, func(a, b *pupil) int {
		return cmp.Or(divisionOrder(a.division, b.division), byName(&a.person, &b.person))
	})
	slices.SortFunc(r.guardians, func(a, b *guardian) int { return byName(&a.person, &b.person) })
	slices.SortFunc(r.staff, func(a, b *member) int { return byName(&a.person, &b.person) })
	return r, nil
}

func (r *roster) readSchool(tx *vault.Tx) error {
	_, err := tx.Get("SELECT sigle, denomination, type, secteur, adresse, code_postal, commune FROM etablissement WHERE annee = ?", []any{int(r.year)},
		&r.school.sign, &r.school.name, &r.school.kind, &r.school.sector, &r.school.address, &r.school.postcode, &r.school.town)
	return err
}

func (r *roster) readPupils(tx *vault.Tx) error {
	return tx.Each(`SELECT e.id, e.nom, e.nom_usage, e.prenom, e.naissance, e.sexe, e.ine, e.mel, e.adresse1, e.adresse2, e.adresse3, e.adresse4, e.code_postal, e.commune, e.pays,
		s.division, s.niveau, s.mef, ifnull((SELECT libelle FROM mef m WHERE m.annee = s.annee AND m.code = s.mef), ''), s.eleve_id, s.regime, s.pension, s.statut, s.transport, s.entree
		FROM scolarite s JOIN eleve e ON e.id = s.eleve WHERE s.annee = ? AND s.present = 1 AND s.sortie = ''`, []any{int(r.year)}, func(scan func(...any) error) error {
		p := &pupil{person: person{who: who{sort: vault.Pupil}}}
		var a [4]string
		if err := scan(&p.id, &p.last, &p.usage, &p.first, &p.birth, &p.sex, &p.ine, &p.mail, &a[0], &a[1], &a[2], &a[3], &p.postcode, &p.town, &p.country,
			&p.division, &p.level, &p.mef, &p.mefLabel, &p.number, &p.regime, &p.pension, &p.status, &p.transport, &p.enters); err != nil {
			return err
		}
		p.address = filled(a)
		r.pupils = append(r.pupils, p)
		r.pupil[p.id] = p
		return nil
	})
}

// filled are the lines of an address that say something.
func filled(lines [4]string) (out []string) {
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

func (r *roster) readGroups(tx *vault.Tx) error {
	return tx.Each("SELECT eleve, groupe FROM eleve_groupe WHERE annee = ? ORDER BY eleve, groupe", []any{int(r.year)}, func(scan func(...any) error) error {
		var id int64
		var group string
		err := scan(&id, &group)
		if p := r.pupil[id]; p != nil {
			p.groups = append(p.groups, group)
		}
		return err
	})
}

func (r *roster) readOptions(tx *vault.Tx) error {
	return tx.Each(`SELECT o.eleve, o.matiere, ifnull(m.libelle, '') FROM eleve_option o LEFT JOIN matiere m ON m.annee = o.annee AND m.code = o.matiere
		WHERE o.annee = ? ORDER BY o.eleve, o.rang`, []any{int(r.year)}, func(scan func(...any) error) error {
		var id int64
		var o option
		err := scan(&id, &o.code, &o.label)
		if p := r.pupil[id]; p != nil {
			p.options = append(p.options, o)
		}
		return err
	})
}

// readGuardians reads all of them: the account of one may hang on a record of a former year.
func (r *roster) readGuardians(tx *vault.Tx) error {
	return tx.Each(`SELECT id, civilite, nom, nom_usage, prenom, tel_perso, tel_portable, tel_pro, mel, sms, adresse1, adresse2, adresse3, adresse4, code_postal, commune, pays
		FROM personne`, nil, func(scan func(...any) error) error {
		g := &guardian{person: person{who: who{sort: vault.Guardian}}}
		var a [4]string
		if err := scan(&g.id, &g.civility, &g.last, &g.usage, &g.first, &g.home, &g.mobile, &g.work, &g.mail, &g.sms,
			&a[0], &a[1], &a[2], &a[3], &g.postcode, &g.town, &g.country); err != nil {
			return err
		}
		g.address = filled(a)
		r.guardian[g.id] = g
		return nil
	})
}

// readLinks ties guardians to pupils, and lists those who answer for someone who is there.
func (r *roster) readLinks(tx *vault.Tx) error {
	err := tx.Each("SELECT eleve, personne, parente, niveau, payeur, contact, heberge FROM lien WHERE annee = ? ORDER BY eleve, niveau = 0, niveau, contact DESC, personne",
		[]any{int(r.year)}, func(scan func(...any) error) error {
			var id int64
			var l link
			if err := scan(&id, &l.guardian, &l.kinship, &l.level, &l.pays, &l.contact, &l.lodging); err != nil {
				return err
			}
			p, g := r.pupil[id], r.guardian[l.guardian]
			if p == nil || g == nil {
				return nil
			}
			p.links = append(p.links, l)
			g.pupils = append(g.pupils, id)
			return nil
		})
	for _, g := range r.guardian {
		if len(g.pupils) > 0 {
			r.guardians = append(r.guardians, g)
		}
	}
	return err
}

func (r *roster) readStaff(tx *vault.Tx) error {
	return tx.Each(`SELECT p.id, p.civilite, p.nom, p.nom_patronymique, p.prenom, p.naissance, p.sexe, p.mel, p.sts_id, p.type, a.fonction, a.categorie, a.enseignant
		FROM affectation a JOIN personnel p ON p.id = a.personnel WHERE a.annee = ?`, []any{int(r.year)}, func(scan func(...any) error) error {
		m := &member{person: person{who: who{sort: vault.Staff}}}
		var birthName string
		if err := scan(&m.id, &m.civility, &m.last, &birthName, &m.first, &m.birth, &m.sex, &m.mail, &m.number, &m.numberType, &m.function, &m.profile, &m.teaches); err != nil {
			return err
		}
		if birthName != "" && birthName != m.last {
			m.last, m.usage = birthName, m.last
		}
		m.profile = cmp.Or(m.profile, Staff)
		r.staff = append(r.staff, m)
		r.member[m.id] = m
		return nil
	})
}

func (r *roster) readTeaching(tx *vault.Tx) error {
	err := tx.Each(`SELECT e.personnel, ifnull(s.division, ''), ifnull(s.groupe, ''), s.matiere FROM service_enseignant e JOIN service s ON s.id = e.service WHERE s.annee = ?
		UNION SELECT e.personnel, d.division, '', '' FROM cours_enseignant e JOIN cours c ON c.id = e.cours JOIN cours_division d ON d.cours = c.id WHERE c.annee = ?
		UNION SELECT e.personnel, '', g.groupe, '' FROM cours_enseignant e JOIN cours c ON c.id = e.cours JOIN cours_groupe g ON g.cours = c.id WHERE c.annee = ?
		ORDER BY 1, 2, 3, 4`, []any{int(r.year), int(r.year), int(r.year)}, func(scan func(...any) error) error {
		var id int64
		var division, group, subject string
		if err := scan(&id, &division, &group, &subject); err != nil {
			return err
		}
		if m := r.member[id]; m != nil && division != "" {
			m.divisions = append(m.divisions, taught{division, subject})
		} else if m != nil && group != "" {
			m.groups = append(m.groups, taught{group, subject})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return tx.Each("SELECT personnel, division FROM prof_principal WHERE annee = ? ORDER BY personnel, division", []any{int(r.year)}, func(scan func(...any) error) error {
		var id int64
		var division string
		err := scan(&id, &division)
		if m := r.member[id]; m != nil {
			m.head = append(m.head, division)
		}
		return err
	})
}

// codes are the structures of a list, each once.
func codes(list []taught) (out []string) {
	for _, t := range list {
		if !slices.Contains(out, t.code) {
			out = append(out, t.code)
		}
	}
	return out
}
