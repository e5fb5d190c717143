package demo

import (
	"slices"
	"strconv"
)

// A Defect is something wrong that was planted in the files of a school.
type Defect struct {
	What   string   // French, in a few words
	Format string   // of the file to mend
	Keys   []string // ids and codes: every row that differs from the sound files holds one of them
	Seen   []Sight  // checks of consistency that must notice; none: the reader does
}

// A Sight is a check, by its number, that notices a defect, and whom or what it names.
type Sight struct {
	Check int
	About string
}

// damage plants one defect of each sort in the files of a school, far enough apart that none hides
// another.
func (c *campus) damage() []Defect {
	d := &damage{campus: c, pupils: c.present()}
	for _, plant := range []func(){
		d.noINE, d.sameINE, d.twoDivisions, d.wrongDates, d.lateEntry, d.noSex, d.noDivision, d.unknownDivision, d.unknownGroup, d.unknownOption, d.otherMEF, d.pupilTwice,
		d.guardianTwice, d.nobodysGuardian, d.nobodysLink, d.noAddress, d.threeGuardians, d.noGuardian, d.lostLetter,
		d.headcount, d.noTeacher, d.headOfNothing, d.otherHours, d.oldStructures,
		d.otherClassName, d.otherTeacherName, d.otherSubject, d.emptyLesson, d.twoPlaces, d.noWeeks,
		d.otherClass, d.notInDirectory,
	} {
		plant()
	}
	return d.list
}

type damage struct {
	*campus
	pupils []*pupil // not yet taken
	list   []Defect
}

func (d *damage) add(format, what string, keys []string, seen ...Sight) {
	d.list = append(d.list, Defect{what, format, keys, seen})
}

// take finds a pupil that no defect has touched, nor anyone of the same household.
func (d *damage) take(fits func(*pupil) bool) *pupil {
	i := slices.IndexFunc(d.pupils, func(p *pupil) bool { return !p.came && fits(p) })
	p := d.pupils[i]
	d.pupils = slices.DeleteFunc(d.pupils, func(q *pupil) bool {
		return q.address == p.address || q.division == p.division && q.division != nil && q != p && q.number%4 == p.number%4
	})
	return p
}

func anyone(*pupil) bool { return true }

func of(level string) func(*pupil) bool { return func(p *pupil) bool { return p.level == level } }

func (p *pupil) title() string { return p.last + " " + p.first }

// keys are the numbers by which files name a pupil.
func (p *pupil) keys() []string { return []string{strconv.Itoa(p.id), strconv.Itoa(p.aaf)} }

func (p *person) keys() []string { return []string{strconv.Itoa(p.id), strconv.Itoa(p.aaf)} }

func (p *person) title() string { return p.last + " " + p.first }

const pupilsFile = "siecle_eleves"

func (d *damage) noINE() {
	p := d.take(anyone)
	p.ine = ""
	d.add(pupilsFile, "élève sans INE", p.keys(), Sight{9, p.title()})
}

func (d *damage) sameINE() {
	p, q := d.take(anyone), d.take(anyone)
	q.ine = p.ine
	d.add(pupilsFile, "même INE que "+p.title(), q.keys(), Sight{9, q.title()})
}

func (d *damage) twoDivisions() {
	var other *structure
	p := d.take(func(p *pupil) bool {
		other = d.next(p.division)
		return other != nil
	})
	p.second = other
	d.add(pupilsFile, "élève dans deux divisions", p.keys(), Sight{10, p.title()})
}

// next is the division of the same formation behind one, nil behind the last.
func (d *damage) next(s *structure) *structure {
	i := slices.Index(d.divisions, s) + 1
	if i == len(d.divisions) || d.divisions[i].formation != s.formation {
		return nil
	}
	return d.divisions[i]
}

// wrongDates needs someone who has left; in the first weeks nobody has.
func (d *damage) wrongDates() {
	for _, p := range d.campus.pupils {
		if !p.exit.IsZero() {
			p.entry = p.exit.AddDate(0, 0, 4)
			d.add(pupilsFile, "sortie avant l’entrée", p.keys(), Sight{11, p.title()})
			return
		}
	}
}

func (d *damage) lateEntry() {
	p := d.take(anyone)
	p.entry = d.seen.AddDate(0, 2, 0)
	d.add(pupilsFile, "entrée après l’export", p.keys(), Sight{11, p.title()})
}

func (d *damage) noSex() {
	p := d.take(anyone)
	p.unsexed = true
	d.add(pupilsFile, "élève sans sexe", p.keys(), Sight{9, p.title()})
}

func (d *damage) noDivision() {
	p := d.take(of("6eme"))
	code := p.division.code
	p.division = nil
	d.add(pupilsFile, "élève sans division, compté en "+code+" par STS-Web", p.keys(), Sight{5, code}, Sight{9, p.title()})
}

func (d *damage) unknownDivision() {
	p := d.take(func(p *pupil) bool { return p.level == "6eme" && p.division.code == "6E" })
	p.division = &structure{code: "6Z", formation: p.formation}
	d.add(pupilsFile, "division que STS-Web ne connaît pas", p.keys(), Sight{3, "6Z"}, Sight{4, "divisions"}, Sight{5, "6E"})
}

func (d *damage) unknownGroup() {
	p := d.take(of("5eme"))
	p.groups = append(p.groups, &structure{code: "5THEA", group: true})
	d.add(pupilsFile, "groupe que STS-Web ne connaît pas", p.keys(), Sight{6, "5THEA"})
}

func (d *damage) unknownOption() {
	p := d.take(of("4eme"))
	p.options = append(p.options, choice{&subject{code: "030401", short: "ARA1", label: "ARABE LV1"}, optional})
	d.add(pupilsFile, "option qui n’est à aucun programme", p.keys(), Sight{8, p.title()})
}

func (d *damage) otherMEF() {
	p := d.take(of("3eme"))
	p.formation = formationOf("4eme")
	d.add(pupilsFile, "MEF d’un autre niveau que la division", p.keys(), Sight{6, p.title()}, Sight{7, p.title()})
}

// pupilTwice enters a pupil a second time, under other numbers.
func (d *damage) pupilTwice() {
	p := d.take(of("6eme"))
	q := *p
	n := len(d.campus.pupils) + 1
	q.id, q.aaf, q.number, q.ine, q.extra = d.idOf(pupilID, n), d.idOf(pupilAAF, n), 1201+n, "990"+p.ine[3:10]+"Z", true
	d.campus.pupils = append(d.campus.pupils, &q)
	for _, l := range d.links {
		if l.pupil == p {
			l.pupil = &q
			d.links = append(d.links, l)
		}
	}
	d.add(pupilsFile, "élève inscrit deux fois", q.keys(), Sight{5, p.division.code}, Sight{12, p.title()})
}
