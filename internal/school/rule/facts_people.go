package rule

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"belvedere/internal/school/vault"
	"belvedere/internal/source/record"
)

// A pupil is a row of SIECLE, with what belongs to it.
type pupil struct {
	place
	Subject
	id, name, first, birth string
	ine                    record.Value
	sex, regime, mef       record.Value
	entry, exit            string // dates of the vault, "" when there is none
	reason                 string
	divisions, groups      []membership
	options                []option
}

// A membership is a structure of a pupil.
type membership struct {
	place
	code string
}

type option struct {
	place
	rank, subject, mode string
}

func (p *pupil) title() string { return p.name + " " + p.first }

// key names the pupil for the life of a finding: by his local id, which lasts longer than those
// of SIECLE.
func (p *pupil) key() string {
	if p.ID != 0 {
		return "eleve:" + itoa(p.ID)
	}
	return "eleve_id:" + p.id
}

// active tells whether he has not left.
func (p *pupil) active() bool { return p.exit == "" }

// enrolled is the official rule of headcounts: a MEF, a division and no exit.
func (p *pupil) enrolled() bool { return p.active() && p.mef.Text != "" && len(p.divisions) > 0 }

// division is the one that counts when there are several: the first by ascending code.
func (p *pupil) division() string {
	if len(p.divisions) == 0 {
		return ""
	}
	return p.divisions[0].code
}

func (p *pupil) side(field, value string) Side { return p.place.side("siecle", field, value) }

// about begins a finding of a pupil.
func (p *pupil) about(part string) Finding {
	return Finding{Key: key(p.key(), part), Who: p.Subject, Structure: p.division()}
}

// readPupils reads pupils of SIECLE with structures and options.
func (f *facts) readPupils() error {
	f.byPupil = map[string]*pupil{}
	err := f.rows("siecle_eleve", []string{"eleve_id", "nom", "prenom", "date_naiss", "ine", "code_sexe", "code_regime", "code_mef",
		"date_entree", "date_sortie", "code_motif_sortie"}, func(r vault.SourceRow) {
		p := &pupil{place: at(r), id: r.Text(0), name: r.Text(1), first: r.Text(2), birth: date(r.Text(3)), ine: r.Get(4), sex: r.Get(5),
			regime: r.Get(6), mef: r.Get(7), entry: date(r.Text(8)), exit: date(r.Text(9)), reason: r.Text(10)}
		p.Subject = f.subject("eleve", "eleve_id", p.id)
		f.pupils = append(f.pupils, p)
		if f.byPupil[p.id] == nil {
			f.byPupil[p.id] = p
		}
	})
	if err != nil {
		return err
	}
	return f.readBelongings()
}

func (f *facts) readBelongings() error {
	err := f.rows("siecle_structure_eleve", []string{"eleve_id", "code_structure", "type_structure"}, func(r vault.SourceRow) {
		p, m := f.byPupil[r.Text(0)], membership{at(r), r.Text(1)}
		switch {
		case p == nil || m.code == "" || vault.Code(m.code) == "INACTIFS": // no structure, by custom
		case strings.EqualFold(r.Text(2), "G"):
			p.groups = append(p.groups, m)
		default:
			p.divisions = append(p.divisions, m)
		}
	})
	if err != nil {
		return err
	}
	for _, p := range f.pupils {
		byCode := func(a, b membership) int { return cmp.Compare(a.code, b.code) }
		same := func(a, b membership) bool { return a.code == b.code }
		slices.SortStableFunc(p.divisions, byCode)
		p.divisions = slices.CompactFunc(p.divisions, same)
	}
	return f.rows("siecle_option", []string{"eleve_id", "num_option", "code_matiere", "code_gestion", "code_modalite_elect"}, func(r vault.SourceRow) {
		if p := f.byPupil[r.Text(0)]; p != nil {
			subject := r.Text(2)
			if subject == "" { // the extraction gives the mnemonic only
				subject = cmp.Or(f.gestion[vault.Code(r.Text(3))], r.Text(3))
			}
			p.options = append(p.options, option{at(r), r.Text(1), subject, r.Text(4)})
		}
	})
}

// A person is a guardian of SIECLE.
type person struct {
	place
	Subject
	id, name, first string
	addressID       string
	links           int
}

func (p *person) title() string { return p.name + " " + p.first }

func (p *person) key() string {
	if p.ID != 0 {
		return "personne:" + itoa(p.ID)
	}
	return "personne_id:" + p.id
}

// derived tells an identifier that the reader made up, since the extraction has none: the same
// guardian comes once for each child there, which is no defect of SIECLE.
func derived(id string) bool { return id != "" && unicode.IsLetter(rune(id[0])) }

// A link says who answers for whom.
type link struct {
	place
	pupil, person string
	level         string // 1 legal, 2 in charge, 3 contact, "" unknown
	kin           string
	pays          bool
}

// A postal is an address of guardians.
type postal struct {
	place
	id    string
	key   string // folded, "" when it is empty
	shown string
}

func (f *facts) readGuardians() error {
	f.byPerson, f.places = map[string]*person{}, map[string]*postal{}
	err := f.rows("siecle_personne", []string{"personne_id", "nom", "prenom", "adresse_id"}, func(r vault.SourceRow) {
		p := &person{place: at(r), id: r.Text(0), name: r.Text(1), first: r.Text(2), addressID: r.Text(3)}
		p.Subject = f.subject("personne", "personne_id", p.id)
		f.persons = append(f.persons, p)
		if f.byPerson[p.id] == nil {
			f.byPerson[p.id] = p
		}
	})
	if err != nil {
		return err
	}
	err = f.rows("siecle_lien", []string{"eleve_id", "personne_id", "niveau", "parente", "payeur"}, func(r vault.SourceRow) {
		l := &link{place: at(r), pupil: r.Text(0), person: r.Text(1), level: r.Text(2), kin: r.Text(3), pays: r.Text(4) == "1"}
		f.links = append(f.links, l)
		if p := f.byPerson[l.person]; p != nil {
			p.links++
		}
	})
	if err != nil {
		return err
	}
	return f.rows("siecle_adresse", []string{"adresse_id", "ligne1_adresse", "ligne2_adresse", "ligne3_adresse", "ligne4_adresse", "code_postal",
		"libelle_postal", "commune_etrangere"}, func(r vault.SourceRow) {
		var parts, shown []string
		for i := 1; i <= 7; i++ {
			if text := r.Text(i); text != "" {
				parts, shown = append(parts, vault.Fold(text)), append(shown, text)
			}
		}
		p := &postal{at(r), r.Text(0), strings.Join(parts, "|"), strings.Join(shown, ", ")}
		f.postals = append(f.postals, p)
		if f.places[p.id] == nil {
			f.places[p.id] = p
		}
	})
}

// A listing is a pupil of the federated directory.
type listing struct {
	place
	join, eleveID, ine, name, first, birth string
	classes                                []string
}

// readDirectory reads the pupils of the directory, whom the vault has sorted out from those of
// other schools, with their classes here.
func (f *facts) readDirectory() error {
	ours := map[string]bool{}
	err := f.rows("aaf_structure", []string{"jointure", "uai"}, func(r vault.SourceRow) {
		if strings.EqualFold(r.Text(1), string(f.uai)) {
			ours[r.Text(0)] = true
		}
	})
	if err != nil {
		return err
	}
	byJoin := map[string]*listing{}
	err = f.rows("aaf_eleve", []string{"jointure", "eleve_id", "ine", "nom_patro|nom", "prenom", "naissance", "sortie"}, func(r vault.SourceRow) {
		l := &listing{place: at(r), join: r.Text(0), eleveID: r.Text(1), ine: r.Text(2), name: r.Text(3), first: r.Text(4), birth: date(r.Text(5))}
		if r.Text(6) != "" {
			return // has left
		}
		f.directory = append(f.directory, l)
		byJoin[l.join] = l
	})
	if err != nil {
		return err
	}
	return f.rows("aaf_eleve_classe", []string{"jointure", "structure", "classe"}, func(r vault.SourceRow) {
		if l := byJoin[r.Text(0)]; l != nil && (len(ours) == 0 || ours[r.Text(1)]) {
			l.classes = append(l.classes, r.Text(2))
		}
	})
}
