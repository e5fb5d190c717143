package vault

// services writes what is taught to whom by whom: as STS-Web says it, else as the timetable gives it back.
func (c *consolidation) services() error {
	if err := c.clear("service"); err != nil { // its teachers go with it
		return err
	}
	prefix, source := "", "sts"
	switch c.first("sts_service", "empsts_service") {
	case "sts_service":
		prefix = "sts"
	case "empsts_service":
		prefix = "empsts"
	default:
		return nil
	}
	out, err := c.leftOut()
	if err != nil {
		return err
	}
	ids := map[[5]string]int64{}
	err = c.rows(prefix+"_service", []string{"structure_type", "structure", "matiere", "mod_cours", "service_rang", "heures_structure", "co_ens"}, func(r SourceRow) error {
		division, group := r.Get(1).Text, any(nil)
		var on any = division
		if r.Text(0) == "G" {
			on, group = nil, division
		}
		excluded := out[[3]string{Code(r.Text(1)), r.Text(2), ""}] || out[[3]string{Code(r.Text(1)), r.Text(2), r.Text(3)}]
		id, err := c.tx.Insert("INSERT INTO service (annee, division, groupe, matiere, modalite, heures, co_ens, exclu, source, ligne) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			c.year, on, group, r.Text(2), r.Text(3), decimal(r.Text(5)), truth(r.Text(6)), excluded, source, r.Line)
		ids[serviceKey(r)] = id
		return err
	})
	if err != nil {
		return err
	}
	return c.rows(prefix+"_service_enseignant", []string{"structure_type", "structure", "matiere", "mod_cours", "service_rang", "individu_type", "individu_id",
		"heures_agent", "taux_ponderation"}, func(r SourceRow) error {
		service, person := ids[serviceKey(r)], c.numbered(r.Text(5), r.Text(6))
		if service == 0 || person == 0 {
			return nil
		}
		c.staff.teaching[person] = true
		return c.exec("INSERT INTO service_enseignant (service, personnel, heures, ponderation) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			service, person, decimal(r.Text(7)), decimal(r.Text(8)))
	})
}

// serviceKey is what names a service in a file: the first five fields.
func serviceKey(r SourceRow) [5]string {
	return [5]string{r.Text(0), r.Text(1), r.Text(2), r.Text(3), r.Text(4)}
}

// numbered finds someone by number; files that leave out the type mean civil servants first.
func (c *consolidation) numbered(kind, number string) int64 {
	if id := c.staff.byNumber[kind+"/"+number]; id != 0 || kind != "" {
		return id
	}
	if id := c.staff.byNumber["epp/"+number]; id != 0 {
		return id
	}
	return c.staff.byNumber["local/"+number]
}

// leftOut are the services that the school leaves out: structure, subject, modality or "".
func (c *consolidation) leftOut() (map[[3]string]bool, error) {
	out := map[[3]string]bool{}
	err := c.tx.Each("SELECT structure, matiere, modalite FROM service_exclu WHERE annee = ?", []any{c.year}, func(scan func(...any) error) error {
		var k [3]string
		err := scan(&k[0], &k[1], &k[2])
		out[k] = true
		return err
	})
	return out, err
}
