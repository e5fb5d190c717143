package demo

import (
	"strconv"
	"time"
)

// stsUp writes emp_sts, what the timetable tool gives back to STS-Web.
func (c *campus) stsUp(path string) error {
	x, err := createXML(path, true)
	if err != nil {
		return err
	}
	x.begin("EDT_STS")
	x.section("PARAMETRES", func() {
		x.leaves("UAJ", string(c.s.uai), "ANNEE_SCOLAIRE", strconv.Itoa(int(c.year)), "APPLICATION_SOURCE", "EDT")
	})
	x.begin("DONNEES")
	x.section("HORAIRES", func() {
		for day := range 5 {
			end := "1730"
			if dayStarts[day+1]-dayStarts[day] == 4 {
				end = "1200"
			}
			x.begin("HORAIRE", "JOUR", strconv.Itoa(day+1))
			x.leaves("DEBUT_COURS", "0800", "FIN_COURS", end)
			x.end()
		}
	})
	c.stsWeeks(x)
	x.section("SALLES_COURS", func() {
		for _, room := range c.rooms {
			x.begin("SALLE_COURS", "CODE", room)
			x.end()
		}
	})
	x.section("INDIVIDUS", func() {
		for _, e := range c.staff {
			if e.head == nil {
				continue
			}
			x.begin("INDIVIDU", "ID", strconv.Itoa(e.id))
			x.section("INDEMNITES", func() {
				x.section("INDEMNITE", func() { x.leaves("CODE_STRUCTURE", e.head.code, "MEFSTAT4", e.head.formation.mefstat[:4]) })
			})
			x.end()
		}
	})
	x.section("STRUCTURE", func() { c.stsStructures(x, true) })
	return x.close()
}

// stsWeeks writes the weeks of each alternance, by their Mondays.
func (c *campus) stsWeeks(x *xmlFile) {
	x.section("ALTERNANCES", func() {
		for _, a := range [][2]string{{"H", "Hebdomadaire"}, {"Q1", "Quinzaine 1"}, {"Q2", "Quinzaine 2"}} {
			x.begin("ALTERNANCE", "CODE", a[0])
			x.leaves("LIBELLE_COURT", a[0], "LIBELLE_LONG", a[1])
			x.section("SEMAINES", func() {
				for _, monday := range c.alternances[a[0]] {
					x.leaf("DATE_DEBUT_SEMAINE", monday.Format(time.DateOnly))
				}
			})
			x.end()
		}
	})
}
