package demo

import (
	"slices"
	"strconv"
)

const guardiansFile = "siecle_responsables"

// kin are the links of a pupil.
func (d *damage) kin(p *pupil) []*link {
	var out []*link
	for i := range d.links {
		if d.links[i].pupil == p && !d.links[i].person.contact {
			out = append(out, &d.links[i])
		}
	}
	return out
}

// newcomer adds a person of no household.
func (d *damage) newcomer(like *person) *person {
	p := *like
	d.persons = append(d.persons, &p)
	n := len(d.persons)
	p.id, p.aaf, p.extra = d.idOf(personID, n), d.idOf(personAAF, n), true
	return &p
}

// guardianTwice gives the second of two children a copy of a parent of theirs, at a copy of the address.
func (d *damage) guardianTwice() {
	var siblings []*link
	p := d.take(func(p *pupil) bool {
		all := d.kin(p)
		if len(all) == 0 || all[0].person.mobile == "" || all[0].person.address != p.address {
			return false
		}
		siblings = nil
		for i := range d.links {
			if l := &d.links[i]; l.person == all[0].person && l.pupil.exit.IsZero() && l.pupil != p {
				siblings = append(siblings, l)
			}
		}
		return len(siblings) == 1
	})
	one := d.kin(p)[0].person
	two := d.newcomer(one)
	at := *one.address
	d.addresses = append(d.addresses, &at)
	at.id = d.idOf(addressID, len(d.addresses))
	two.address = &at
	siblings[0].person = two
	d.add(guardiansFile, "responsable saisi deux fois, à deux adresses identiques", append(append(one.keys(), two.keys()...), strconv.Itoa(at.id)), Sight{13, one.title()}, Sight{14, strconv.Itoa(at.id)})
}

// stranger is a name that nobody of the school bears.
func (d *damage) stranger(last, first string) *person {
	like := d.persons[0]
	p := d.newcomer(&person{woman: true, last: last, first: first, address: like.address, profession: "99"})
	return p
}

func (d *damage) nobodysGuardian() {
	p := d.stranger("LARTIGUE", "Solveig")
	d.add(guardiansFile, "responsable sans élève", p.keys(), Sight{14, p.title()})
}

func (d *damage) nobodysLink() {
	missing := d.idOf(pupilID, 9_999)
	who := d.links[len(d.links)-1].person
	d.links = append(d.links, link{pupil: &pupil{id: missing}, person: who, level: 1, kin: "20"})
	d.add(guardiansFile, "lien vers un élève inconnu", []string{strconv.Itoa(missing)}, Sight{14, strconv.Itoa(missing)})
}

func (d *damage) noAddress() {
	p := d.take(func(p *pupil) bool { return len(d.kin(p)) == 2 && d.kin(p)[1].person.address != p.address })
	who := d.kin(p)[1].person
	old := who.address
	who.address = nil
	d.add(guardiansFile, "responsable sans adresse", append(who.keys(), strconv.Itoa(old.id)), Sight{14, who.title()})
}

func (d *damage) threeGuardians() {
	p := d.take(func(p *pupil) bool { return len(d.kin(p)) == 2 })
	third := d.stranger("LARTIGUE", "Ombeline")
	d.links = append(d.links, link{pupil: p, person: third, level: 1, kin: "10"})
	d.add(guardiansFile, "trois responsables légaux", third.keys(), Sight{15, p.title()})
}

func (d *damage) noGuardian() {
	p := d.take(func(p *pupil) bool { return len(d.kin(p)) == 1 && len(d.children(d.kin(p)[0].person)) == 1 })
	l := d.kin(p)[0]
	l.level = 3
	d.add(guardiansFile, "aucun responsable légal", p.keys(), Sight{15, p.title()})
}

func (d *damage) children(who *person) []*pupil {
	var out []*pupil
	for _, l := range d.links {
		if l.person == who {
			out = append(out, l.pupil)
		}
	}
	return out
}

// lostLetter writes a name as an export does that could not encode it: of someone to call, who has no account.
func (d *damage) lostLetter() {
	who := d.persons[slices.IndexFunc(d.persons, func(p *person) bool { return p.contact })]
	who.last = "DVO?ÁK"
	d.add(guardiansFile, "lettre perdue dans un nom", who.keys())
}

func (d *damage) otherClass() {
	var other *structure
	p := d.take(func(p *pupil) bool { other = d.next(p.division); return other != nil })
	p.elsewhere = other
	d.add("aaf_eleve", "autre classe dans l’annuaire", []string{strconv.Itoa(p.aaf)}, Sight{21, p.title()})
}

func (d *damage) notInDirectory() {
	p := d.take(anyone)
	p.absent = true
	keys := []string{strconv.Itoa(p.aaf)}
	for _, l := range d.links {
		if l.pupil == p && !slices.Contains(keys, strconv.Itoa(l.person.aaf)) {
			keys = append(keys, strconv.Itoa(l.person.aaf))
		}
	}
	d.add("aaf_eleve", "élève absent de l’annuaire", keys, Sight{21, p.title()})
}
