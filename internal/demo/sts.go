package demo

import (
	"fmt"
	"strconv"
	"time"
)

// stsDown writes sts_emp, what STS-Web gives to the timetable tool.
func (c *campus) stsDown(path string) error {
	x, err := createXML(path, true)
	if err != nil {
		return err
	}
	x.begin("STS_EDT")
	x.section("PARAMETRES", func() {
		x.begin("UAJ", "CODE", string(c.s.uai))
		x.section("ACADEMIE", func() { x.leaves("CODE", "99", "LIBELLE", "SARVANE") })
		x.leaves("SIGLE", c.typeCode(), "DENOM_PRINC", c.kindLabel(), "DENOM_COMPL", upper(c.s.short), "CODE_NATURE", c.nature(),
			"ADRESSE", c.s.address, "COMMUNE", postal(c.s.town), "CODE_POSTAL", c.s.town.postcode, "STATUT", c.sector())
		x.end()
		x.begin("ANNEE_SCOLAIRE", "ANNEE", strconv.Itoa(int(c.year)))
		x.leaves("DATE_DEBUT", c.year.First().Format(time.DateOnly), "DATE_FIN", c.year.End().AddDate(0, 0, -1).Format(time.DateOnly))
		x.end()
	})
	c.stsCodes(x)
	x.section("DONNEES", func() {
		c.stsPeople(x)
		x.section("STRUCTURE", func() { c.stsStructures(x, false) })
	})
	return x.close()
}

func (c *campus) stsCodes(x *xmlFile) {
	x.section("NOMENCLATURES", func() {
		x.section("TAUX_PONDS", func() {
			x.begin("TAUX_POND", "TAUX", "1.00")
			x.end()
		})
		x.section("MODS_COURS", func() {
			x.begin("MOD_COURS", "CODE", "CG")
			x.leaves("LIBELLE_COURT", "CG", "LIBELLE_LONG", "COURS GENERAL", "CO_ENS", "N")
			x.end()
		})
		x.section("MATIERES", func() {
			for _, s := range c.taughtSubjects() {
				x.begin("MATIERE", "CODE", s.code)
				x.leaves("CODE_GESTION", s.short, "LIBELLE_COURT", short(s.label, 20), "LIBELLE_LONG", s.label, "LIBELLE_EDITION", s.label)
				x.end()
			}
		})
		x.section("MEFS", func() {
			for _, f := range c.formations {
				x.begin("MEF", "CODE", f.mef)
				x.leaves("FORMATION", f.short, "LIBELLE_LONG", f.label, "LIBELLE_EDITION", f.label, "MEFSTAT11", f.mefstat, "MEFSTAT4", f.mefstat[:4])
				x.end()
			}
		})
		x.section("PROGRAMMES", func() {
			for _, f := range c.formations {
				for _, l := range f.programme() {
					x.section("PROGRAMME", func() {
						x.leaves("CODE_MEF", f.mef, "CODE_MATIERE", l.code, "CODE_MODALITE_ELECT", l.mode, "HORAIRE", hoursText(l.half))
					})
				}
			}
		})
	})
}

// inSTS tells whether STS-Web manages someone: those whom the academy employs.
func (e *employee) inSTS() bool { return e.function != "-" }

func (c *campus) stsPeople(x *xmlFile) {
	x.section("INDIVIDUS", func() {
		for _, e := range c.staff {
			if !e.inSTS() {
				continue
			}
			sex, civility := "1", "1"
			if e.woman {
				sex, civility = "2", "3"
			}
			x.begin("INDIVIDU", "ID", strconv.Itoa(e.id), "TYPE", "epp")
			x.leaves("SEXE", sex, "CIVILITE", civility, "NOM_USAGE", e.last, "NOM_PATRONYMIQUE", e.last, "PRENOM", e.first,
				"DATE_NAISSANCE", e.birth.Format(time.DateOnly), "FONCTION", e.function)
			if head := e.headIn(); head != "" {
				x.section("PROFS_PRINC", func() {
					x.section("PROF_PRINC", func() { x.leaf("CODE_STRUCTURE", head) })
				})
			}
			if d, ok := disciplines[e.discipline]; ok {
				hours := e.half
				if e.due > 0 {
					hours = e.due
				}
				x.section("DISCIPLINES", func() {
					x.begin("DISCIPLINE", "CODE", d.code)
					x.leaves("LIBELLE_COURT", d.short, "NB_HEURES", hoursText(hours))
					x.end()
				})
			}
			x.end()
		}
	})
}

// headIn is the division that someone is head teacher of in STS-Web.
func (e *employee) headIn() string {
	if e.headOf == "" && e.head != nil {
		return e.head.code
	}
	return e.headOf
}

// stsStructures writes divisions and groups with their services; the file that goes up has the
// placed lessons, and the one that comes down the counts.
func (c *campus) stsStructures(x *xmlFile, up bool) {
	placed := map[*service][]*lesson{}
	for _, l := range c.lessons {
		if l.slot >= 0 && !l.hollow {
			placed[l.service] = append(placed[l.service], l)
		}
	}
	x.section("DIVISIONS", func() {
		for _, d := range c.divisions {
			c.stsStructure(x, d, up, placed)
		}
	})
	x.section("GROUPES", func() {
		for _, g := range c.groups {
			c.stsStructure(x, g, up, placed)
		}
	})
}

func (c *campus) stsStructure(x *xmlFile, s *structure, up bool, placed map[*service][]*lesson) {
	x.begin(map[bool]string{true: "GROUPE", false: "DIVISION"}[s.group], "CODE", s.code)
	n := strconv.Itoa(s.size() + s.off)
	if !up {
		x.leaves("LIBELLE_LONG", s.label, "EFFECTIF_PREVU", n, "EFFECTIF_CALCULE", n)
	} else if s.group {
		x.leaves("LIBELLE_LONG", s.label, "EFFECTIF_PREVU", n)
	}
	if s.group {
		x.section("DIVISIONS_APPARTENANCE", func() {
			for _, d := range s.divisions {
				x.begin("DIVISION_APPARTENANCE", "CODE", d.code)
				x.end()
			}
		})
	}
	if !up {
		x.section("MEFS_APPARTENANCE", func() {
			x.begin("MEF_APPARTENANCE", "CODE", s.formation.mef)
			x.end()
		})
	}
	x.section("SERVICES", func() {
		for _, v := range s.services {
			stsService(x, v, up, placed[v])
		}
	})
	x.end()
}

func stsService(x *xmlFile, v *service, up bool, lessons []*lesson) {
	x.begin("SERVICE", "CODE_MATIERE", v.subject.code, "CODE_MOD_COURS", "CG")
	x.leaf("HEURES_STRUCTURE", hoursText(v.half))
	x.section("ENSEIGNANTS", func() {
		if v.vacant && !up {
			return
		}
		x.begin("ENSEIGNANT", "ID", strconv.Itoa(v.teacher.id), "TYPE", "epp")
		x.leaves("HEURES_AGENT", hoursText(v.half), "TAUX_PONDERATION", "1.00")
		if up {
			x.section("COURS_RATTACHES", func() {
				for _, l := range lessons {
					day, start := when(l.slot)
					x.section("COURS", func() {
						x.leaves("CODE_ALTERNANCE", l.frequency, "JOUR", strconv.Itoa(day), "HEURE_DEBUT", fmt.Sprintf("%02d%02d", start/60, start%60),
							"DUREE", fmt.Sprintf("%02d00", l.length), "CODE_SALLE", l.room)
					})
				}
			})
		}
		x.end()
	})
	x.end()
}
