package demo

import (
	"fmt"
	"strconv"
	"time"
)

const frenchDay = "02/01/2006"

// siecle starts an export of SIECLE: its archive, its root and its parameters.
func (c *campus) siecle(path, name, root, version string) (*xmlFile, error) {
	at := c.export
	if old, ok := c.stale[name]; ok {
		at = old
	}
	x, err := createZip(path, name+".xml", at)
	if err != nil {
		return nil, err
	}
	x.begin(root, "VERSION", version)
	x.section("PARAMETRES", func() {
		x.leaves("UAJ", string(c.s.uai), "ANNEE_SCOLAIRE", strconv.Itoa(int(c.year)),
			"DATE_EXPORT", at.Format(frenchDay), "HORODATAGE", at.Format(frenchDay+" 15:04:05"))
	})
	x.begin("DONNEES")
	return x, nil
}

// siecleNomenclature writes the codes that the school uses.
func (c *campus) siecleNomenclature(path string) error {
	x, err := c.siecle(path, "Nomenclature", "BEE_NOMENCLATURES", "3.1")
	if err != nil {
		return err
	}
	x.section("MEFS", func() {
		for _, f := range c.formations {
			choices := strconv.Itoa(f.choices())
			x.begin("MEF", "CODE_MEF", f.mef)
			x.leaves("FORMATION", f.short, "SPECIALITE", "", "LIBELLE_LONG", f.label, "LIBELLE_EDITION", f.label, "STATUT_MEF", "1",
				"MEF_RATTACHEMENT", f.mef, "CODE_MEFSTAT", f.mefstat, "NB_OPT_OBLIG", choices, "NB_OPT_MINI", choices,
				"RENFORCEMENT_LANGUES", "0", "INSCRIPTION_ETAB", "1", "MEF_ORIGINE", "1", "MEF_SELECTIONNE", "1", "MEF_SELORIG", "1",
				"DATE_OUVERTURE", "01/09/2019", "DATE_FERMETURE", "31/12/9999")
			x.end()
		}
	})
	x.section("MATIERES", func() {
		for _, s := range c.taughtSubjects() {
			x.begin("MATIERE", "CODE_MATIERE", s.code)
			x.leaves("CODE_GESTION", s.short, "LIBELLE_COURT", short(s.label, 20), "LIBELLE_LONG", s.label, "LIBELLE_EDITION", s.label, "MATIERE_ETP", "0")
			x.end()
		}
	})
	c.programmes(x)
	codeTables(x)
	return x.close()
}

// programmes writes what each formation is taught, and the options that it requires by rank.
func (c *campus) programmes(x *xmlFile) {
	x.section("PROGRAMMES", func() {
		for _, f := range c.formations {
			for _, l := range f.programme() {
				x.section("PROGRAMME", func() {
					x.leaves("CODE_MEF", f.mef, "CODE_MATIERE", l.code, "CODE_MODALITE_ELECT", l.mode, "HORAIRE", hoursText(l.half))
				})
			}
		}
	})
	x.section("OPTIONS_OBLIGATOIRES", func() {
		for _, f := range c.formations {
			for _, l := range f.programme() {
				for rank := l.rank; l.mode == required && rank <= f.lastRank(l.rank); rank++ {
					x.section("OPTION_OBLIGATOIRE", func() {
						x.leaves("CODE_MEF", f.mef, "CODE_MATIERE", l.code, "RANG_OPTION", strconv.Itoa(rank))
					})
				}
			}
		}
	})
}

// lastRank is the last rank of an option whose first one is given: a speciality can be any of them.
func (f *formation) lastRank(rank int) int {
	if rank == 3 {
		return f.choices()
	}
	return rank
}

// codeTables writes the tables of codes that pupils and guardians refer to.
func codeTables(x *xmlFile) {
	for _, t := range []struct {
		list, row, code string
		rows            [][3]string
	}{
		{"MODALITES_ELECTION", "MODALITE_ELECTION", "CODE_MODALITE_ELECT", [][3]string{{core, "TRONC COMMUN", "TRONC COMMUN"},
			{required, "OBLIGATOIRE", "OPTION OBLIGATOIRE"}, {optional, "FACULTATIVE", "OPTION FACULTATIVE"}}},
		{"REGIMES", "REGIME", "CODE_REGIME", [][3]string{{"0", "EXTERN", "EXTERNE LIBRE"}, {"22", "DP 2 J", "DEMI-PENSIONNAIRE 2 JOURS"},
			{"24", "DP 4 J", "DEMI-PENSIONNAIRE 4 JOURS"}, {"25", "DP 5 J", "DEMI-PENSIONNAIRE 5 JOURS"}, {"29", "AU TIC", "DEMI-PENSIONNAIRE AU TICKET"},
			{"35", "INT 5J", "INTERNE 5 JOURS"}}},
		{"LIENS_PARENTE", "LIEN_PARENTE", "CODE_PARENTE", [][3]string{{"10", "MERE", "MERE"}, {"20", "PERE", "PERE"}, {"38", "ASCEND.", "ASCENDANT"}}},
		{"MOTIFS_SORTIE", "MOTIF_SORTIE", "CODE_MOTIF_SORTIE", [][3]string{{"10", "SE 2D PUAC", "SUITE D'ETUDES 2ND DEGRE MEN PUBLIC ACADEMIE"}}},
		{"PROVENANCES", "PROVENANCE", "CODE_PROVENANCE", [][3]string{{"1", "MEME ETAB", "MEME ETABLISSEMENT"}}},
		{"STATUTS_ELEVE", "STATUT_ELEVE", "CODE_STATUT", [][3]string{{"ST", "SCOLAIRE", "SCOLAIRE"}}},
		{"MODALITES_COURS", "MODALITE_COURS", "CODE_MODALITE_COURS", [][3]string{{"CG", "CG", "COURS GENERAL"}}},
	} {
		x.section(t.list, func() {
			for _, r := range t.rows {
				x.begin(t.row, t.code, r[0])
				x.leaves("LIBELLE_COURT", r[1], "LIBELLE_LONG", r[2])
				x.end()
			}
		})
	}
}

// taughtSubjects are those of the programmes, in the order in which they come.
func (c *campus) taughtSubjects() []*subject {
	var out []*subject
	seen := map[*subject]bool{}
	for _, f := range c.formations {
		for _, l := range f.programme() {
			if !seen[l.subject] {
				seen[l.subject] = true
				out = append(out, l.subject)
			}
		}
	}
	return out
}

func short(s string, most int) string {
	if len(s) > most {
		return s[:most]
	}
	return s
}

// hoursText writes half hours as the nomenclatures do: 4.50.
func hoursText(half int) string { return fmt.Sprintf("%d.%02d", half/2, half%2*50) }

// siecleStructures writes the divisions and the groups.
func (c *campus) siecleStructures(path string) error {
	x, err := c.siecle(path, "Structures", "BEE_STRUCTURES", "3.1")
	if err != nil {
		return err
	}
	one := func(tag string, s *structure) {
		x.begin(tag, "CODE_STRUCTURE", s.code)
		x.leaf("LIBELLE_LONG", s.label)
		if c.s.private {
			x.leaf("CODE_CONTRAT", "3")
		}
		if s.group {
			x.section("DIVISIONS_APPARTENANCE", func() {
				for _, d := range s.divisions {
					x.section("DIVISION_APPARTENANCE", func() { x.leaf("CODE_STRUCTURE", d.code) })
				}
			})
		}
		x.section("MEFS_APPARTENANCE", func() {
			x.section("MEF_APPARTENANCE", func() { x.leaf("CODE_MEF", s.formation.mef) })
		})
		x.end()
	}
	x.section("DIVISIONS", func() {
		for _, d := range c.divisions {
			one("DIVISION", d)
		}
	})
	x.section("GROUPES", func() {
		for _, g := range c.groups {
			one("GROUPE", g)
		}
	})
	return x.close()
}

// siecleCommon writes the school, its year, its terms and its closures.
func (c *campus) siecleCommon(path string) error {
	x, err := c.siecle(path, "Communs", "BEE_COMMUN", "3.0")
	if err != nil {
		return err
	}
	last := firstSaturday(int(c.year)+1, time.July, 3).AddDate(0, 0, -1)
	x.section("UAJ", func() {
		x.leaves("ETAB_UAJ_ID", string(c.s.uai), "DENOM_PRINC", c.kindLabel(), "DENOM_COMPL", upper(c.s.short), "LIGNE1_ADRESSE", c.s.address, "TELEPHONE",
			fmt.Sprintf("019900%04d", 9000+c.s.index), "MEL_1", fmt.Sprintf("ce.%s@ac-sarvane.example", lower(string(c.s.uai))), "CODE_TYPE_ETAB", c.typeCode(),
			"SECTEUR_CODE", c.sector(), "CODE_POSTAL", c.s.town.postcode, "CODE_COMMUNE_INSEE", c.s.town.code(), "CODE_PAYS", "100", "LIBELLE_POSTAL", postal(c.s.town))
	})
	x.section("ANNEE_SCOLAIRE", func() {
		x.leaves("DATE_DEB_ELEVE", c.first.Format(frenchDay), "DATE_FIN_ELEVE", last.Format(frenchDay),
			"DATE_DEB_PROF", c.first.AddDate(0, 0, -1).Format(frenchDay), "DATE_FIN_PROF", last.Format(frenchDay))
	})
	x.section("PERIODES", func() {
		from := c.first
		for i, to := range []time.Time{yearDay(c.year, time.November, 30), yearDay(c.year, time.March, 7), last} {
			x.section("PERIODE", func() {
				n := strconv.Itoa(i + 1)
				x.leaves("CODE_PERIODE", "T"+n, "CODE_TYPE_PERIODE", "T", "INDICE", n, "LL_PERIODE", "TRIMESTRE "+n,
					"DATE_DEBUT", from.Format(frenchDay), "DATE_FIN", to.Format(frenchDay))
			})
			from = to.AddDate(0, 0, 1)
		}
	})
	x.section("FERMETURES", func() { c.closures(x, last) })
	return x.close()
}
