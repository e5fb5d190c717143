package demo

import (
	"fmt"
	"strconv"
)

// sieclePupils writes the pupils, their options, their structures and where they live.
func (c *campus) sieclePupils(path string) error {
	x, err := c.siecle(path, "ElevesAvecAdresses", "BEE_ELEVES", "3.0")
	if err != nil {
		return err
	}
	x.section("ELEVES", func() {
		for _, p := range c.pupils {
			c.sieclePupil(x, p)
		}
	})
	x.section("OPTIONS", func() {
		for _, p := range c.pupils {
			x.begin("OPTION", "ELEVE_ID", strconv.Itoa(p.id), "ELENOET", fmt.Sprintf("%05d", p.number))
			for i, o := range p.options {
				x.section("OPTIONS_ELEVE", func() {
					x.leaves("NUM_OPTION", strconv.Itoa(i+1), "CODE_MODALITE_ELECT", o.mode, "CODE_MATIERE", o.code)
				})
			}
			x.end()
		}
	})
	x.section("STRUCTURES", func() {
		for _, p := range c.pupils {
			c.siecleMemberships(x, p)
		}
	})
	x.section("BOURSES", func() {})
	homes := map[*address]bool{}
	for _, p := range c.pupils {
		homes[p.address] = true
	}
	c.siecleAddresses(x, func(a *address) bool { return homes[a] })
	return x.close()
}

func (c *campus) sieclePupil(x *xmlFile, p *pupil) {
	number := fmt.Sprintf("%05d", p.number)
	x.begin("ELEVE", "ELEVE_ID", strconv.Itoa(p.id), "ELENOET", number)
	x.some("ID_NATIONAL", p.ine)
	x.some("INE_RNIE", p.ine)
	x.leaves("ELENOET", number, "ID_ELEVE_ETAB", number+string(c.s.uai)[1:7], "NOM_DE_FAMILLE", p.last, "PRENOM", p.first)
	x.some("PRENOM2", p.middle)
	x.leaves("DATE_NAISS", p.birth.Format(frenchDay), "DOUBLEMENT", digit(p.repeat), "CODE_PAYS", "100", "ACCEPTE_SMS", "0",
		"DATE_MODIFICATION", c.export.Format(frenchDay))
	if !p.exit.IsZero() {
		x.leaf("DATE_SORTIE", p.exit.Format(frenchDay))
	}
	x.leaves("CODE_REGIME", p.regime, "DATE_ENTREE", p.entry.Format(frenchDay), "VILLE_NAISS", "", "ADRESSE_ID", strconv.Itoa(p.address.id))
	if !p.exit.IsZero() {
		x.leaf("CODE_MOTIF_SORTIE", "10")
	}
	if !p.unsexed {
		x.leaf("CODE_SEXE", map[bool]string{true: "2", false: "1"}[p.girl])
	}
	x.leaves("CODE_PAYS_NAT", "100", "CODE_STATUT", "ST")
	if p.formation != nil {
		x.leaf("CODE_MEF", p.formation.mef)
	}
	x.leaves("CODE_DEPARTEMENT_NAISS", "099", "ADHESION_TRANSPORT", digit(p.transport))
	if before := p.formation.before; before != "" && !p.came {
		x.leaf("CODE_PROVENANCE", "1")
		x.section("SCOLARITE_AN_DERNIER", func() {
			x.leaf("CODE_MEF", before)
			if before != "10310019110" { // from another school
				x.leaves("CODE_RNE", string(c.s.uai), "CODE_NATURE", c.nature(), "SIGLE", c.typeCode(), "DENOM_PRINC", c.kindLabel(), "DENOM_COMPL", upper(c.s.short))
			}
		})
	}
	x.end()
}

// siecleMemberships writes the division and the groups of a pupil; one without any has no entry.
func (c *campus) siecleMemberships(x *xmlFile, p *pupil) {
	var list []*structure
	for _, d := range []*structure{p.division, p.second} {
		if d != nil {
			list = append(list, d)
		}
	}
	if list = append(list, p.groups...); len(list) == 0 {
		return
	}
	x.begin("STRUCTURES_ELEVE", "ELEVE_ID", strconv.Itoa(p.id), "ELENOET", fmt.Sprintf("%05d", p.number))
	for _, s := range list {
		x.section("STRUCTURE", func() {
			x.leaves("CODE_STRUCTURE", s.code, "TYPE_STRUCTURE", map[bool]string{true: "G", false: "D"}[s.group])
		})
	}
	x.end()
}

// siecleAddresses writes the addresses of some.
func (c *campus) siecleAddresses(x *xmlFile, of func(*address) bool) {
	x.section("ADRESSES", func() {
		for _, a := range c.addresses {
			if !of(a) {
				continue
			}
			x.begin("ADRESSE", "ADRESSE_ID", strconv.Itoa(a.id))
			x.leaves("LIGNE1_ADRESSE", a.street, "LIGNE2_ADRESSE", "", "LIGNE3_ADRESSE", "", "LIGNE4_ADRESSE", "", "COMMUNE_ETRANGERE", "",
				"CODE_POSTAL", a.town.postcode, "CODE_PAYS", "100", "CODE_COMMUNE_INSEE", a.town.code(), "LL_PAYS", "FRANCE", "CODE_DEPARTEMENT", "099", "LIBELLE_POSTAL", postal(a.town))
			x.end()
		}
	})
}

// siecleGuardians writes the guardians, their links and where they live.
func (c *campus) siecleGuardians(path string) error {
	x, err := c.siecle(path, "ResponsablesAvecAdresses", "BEE_RESPONSABLES", "2.1")
	if err != nil {
		return err
	}
	homes := map[*address]bool{}
	x.section("PERSONNES", func() {
		for _, p := range c.persons {
			homes[p.address] = true
			x.begin("PERSONNE", "PERSONNE_ID", strconv.Itoa(p.id))
			if p.woman {
				x.leaves("LC_CIVILITE", "MME", "LL_CIVILITE", "MADAME")
			} else {
				x.leaves("LC_CIVILITE", "M.", "LL_CIVILITE", "MONSIEUR")
			}
			x.leaf("NOM_DE_FAMILLE", p.last)
			x.some("NOM_USAGE", p.usual)
			x.leaves("PRENOM", p.first, "TEL_PERSONNEL", p.home, "TEL_PORTABLE", p.mobile, "ACCEPTE_SMS", digit(p.sms), "TEL_PROFESSIONNEL", "")
			x.some("MEL", p.mail)
			x.leaf("COMMUNICATION_ADRESSE", digit(p.news))
			if p.address != nil {
				x.leaf("ADRESSE_ID", strconv.Itoa(p.address.id))
			}
			x.leaf("CODE_PROFESSION", p.profession)
			x.end()
		}
	})
	x.section("RESPONSABLES", func() {
		for _, l := range c.links {
			x.section("RESPONSABLE_ELEVE", func() {
				x.leaves("ELEVE_ID", strconv.Itoa(l.pupil.id), "PERSONNE_ID", strconv.Itoa(l.person.id), "NIVEAU_RESPONSABILITE", strconv.Itoa(l.level),
					"CODE_PARENTE", l.kin, "PAIE_FRAIS_SCOLAIRES", digit(l.pays), "PERCOIT_LES_AIDES", strconv.FormatBool(l.pays),
					"HEBERGE_ELEVE", strconv.FormatBool(l.here), "A_CONTACTER_EN_PRIORITE", strconv.FormatBool(l.due))
			})
		}
	})
	c.siecleAddresses(x, func(a *address) bool { return homes[a] })
	return x.close()
}

func digit(yes bool) string {
	if yes {
		return "1"
	}
	return "0"
}
