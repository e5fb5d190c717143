package vault

import "cmp"

// calendar writes the dates of the year. Closures typed here stay.
func (c *consolidation) calendar() error {
	if err := c.clear("annee_scolaire", "periode"); err != nil {
		return err
	}
	if err := c.exec("DELETE FROM fermeture WHERE annee = ? AND source <> 'saisie'", c.year); err != nil {
		return err
	}
	put := "INSERT INTO annee_scolaire (annee, debut_eleves, fin_eleves, debut_profs, fin_profs, source) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
	err := c.rows("siecle_annee", []string{"date_deb_eleve", "date_fin_eleve", "date_deb_prof", "date_fin_prof"}, func(r SourceRow) error {
		return c.exec(put, c.year, readDay(r.Text(0)), readDay(r.Text(1)), readDay(r.Text(2)), readDay(r.Text(3)), "siecle")
	})
	if err != nil {
		return err
	}
	err = c.rows("sts_uaj", []string{"date_debut", "date_fin"}, func(r SourceRow) error {
		from, to := readDay(r.Text(0)), readDay(r.Text(1))
		if from == "" && to == "" {
			return nil
		}
		return c.exec(put, c.year, from, to, from, to, "sts")
	})
	if err != nil {
		return err
	}
	err = c.rows("siecle_periode", []string{"code_periode|indice", "code_type_periode", "ll_periode", "date_debut", "date_fin"},
		func(r SourceRow) error {
			from, to := readDay(r.Text(3)), readDay(r.Text(4))
			if from == "" || to == "" {
				return nil
			}
			return c.exec("INSERT INTO periode (annee, code, type, libelle, debut, fin, source) VALUES (?, ?, ?, ?, ?, ?, 'siecle') ON CONFLICT DO NOTHING",
				c.year, r.Text(0), r.Text(1), r.Text(2), from, to)
		})
	if err != nil {
		return err
	}
	return c.rows("siecle_fermeture", []string{"ll_fermeture", "ll_motif|lc_motif", "date_debut", "date_fin"}, func(r SourceRow) error {
		from, to := readDay(r.Text(2)), readDay(r.Text(3))
		if from == "" || to == "" {
			return nil
		}
		return c.exec("INSERT INTO fermeture (annee, debut, fin, libelle, source) VALUES (?, ?, ?, ?, 'siecle')",
			c.year, from, to, cmp.Or(r.Text(0), r.Text(1)))
	})
}

// school writes what the files say of the school itself.
func (c *consolidation) school() error {
	if err := c.clear("etablissement"); err != nil {
		return err
	}
	put := `INSERT INTO etablissement (annee, uai, sigle, denomination, complement, type, secteur, academie, adresse, code_postal, commune, telephone, source)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	err := c.rows("siecle_uaj", []string{"sigle", "denom_princ", "denom_compl", "code_type_etab", "secteur_code", "academie", "ligne1_adresse",
		"code_postal", "libelle_postal", "telephone"}, func(r SourceRow) error {
		return c.exec(put, c.year, string(c.tx.v.uai), r.Text(0), r.Text(1), r.Text(2), r.Text(3), r.Text(4), r.Text(5), r.Text(6), r.Text(7), r.Text(8), r.Text(9), "siecle")
	})
	if err != nil {
		return err
	}
	return c.rows("sts_uaj", []string{"sigle", "denom_princ", "denom_compl", "code_nature", "academie_libelle", "code_postal", "commune"}, func(r SourceRow) error {
		return c.exec(put, c.year, string(c.tx.v.uai), r.Text(0), r.Text(1), r.Text(2), r.Text(3), "", r.Text(4), "", r.Text(5), r.Text(6), "", "sts")
	})
}

// nomenclature writes formations, subjects and programs: of SIECLE's own file first, completed by
// the others.
func (c *consolidation) nomenclature() error {
	if err := c.clear("mef", "matiere", "programme"); err != nil {
		return err
	}
	if err := c.formations(); err != nil {
		return err
	}
	put := "INSERT INTO matiere (annee, code, gestion, libelle_court, libelle, nationale, source) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
	for _, kind := range []string{"siecle_matiere", "sts_matiere", "aaf_matiere"} {
		err := c.rows(kind, []string{"code_matiere|code|jointure", "code_gestion", "libelle_court", "libelle_edition|libelle_long|libelle",
			"code_matiere_nationale|rattachement"}, func(r SourceRow) error {
			if r.Text(0) == "" {
				return nil
			}
			return c.exec(put, c.year, r.Text(0), r.Text(1), r.Text(2), r.Text(3), r.Text(4), c.kinds[kind].source)
		})
		if err != nil {
			return err
		}
	}
	for _, kind := range []string{"siecle_programme", "sts_programme"} {
		if kind == "sts_programme" && c.first("siecle_programme") != "" {
			continue // STS does not always say the modality: the same line would come twice
		}
		err := c.rows(kind, []string{"code_mef|mef", "code_matiere|matiere", "code_modalite_elect|modalite_elect", "horaire"}, func(r SourceRow) error {
			return c.exec("INSERT INTO programme (annee, mef, matiere, modalite, horaire) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
				c.year, r.Text(0), r.Text(1), r.Text(2), decimal(r.Text(3)))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *consolidation) formations() error {
	for _, kind := range []string{"siecle_mef", "sts_mef", "aaf_mef"} {
		err := c.rows(kind, []string{"code_mef|code|jointure", "libelle_edition|libelle_long|libelle", "formation", "code_mefstat|mefstat11", "mefstat4",
			"nb_opt_oblig", "nb_opt_mini", "libelle_long|libelle"}, func(r SourceRow) error {
			code, stat := r.Text(0), cmp.Or(r.Text(3), r.Text(4))
			if code == "" || kind == "aaf_mef" && c.levels[code] != "" {
				return nil
			}
			four := r.Text(4)
			if four == "" && len(stat) >= 4 {
				four = stat[:4]
			}
			level := Level(code, stat, r.Text(7))
			if c.levels[code] == "" {
				c.levels[code] = level
			}
			return c.exec(`INSERT INTO mef (annee, code, libelle, formation, mefstat11, mefstat4, niveau, opt_oblig, opt_mini, source)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
				c.year, code, r.Text(1), r.Text(2), r.Text(3), four, level, whole(r.Text(5)), whole(r.Text(6)), c.kinds[kind].source)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
