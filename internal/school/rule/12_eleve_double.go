package rule

var pupilTwice = Rule{
	Number: 12, Code: "eleve_double", Title: "Élève inscrit deux fois", Severity: Warning, Tool: ToolSIECLE,
	Text:   "Deux dossiers présents n’ont pas le même nom, le même prénom et la même date de naissance. Des jumeaux diffèrent par le prénom\u202f; un dossier sorti et un dossier arrivé sont normaux.",
	Origin: "Bon sens",
	needs:  [][]string{needPupils},
	run: func(f *facts, found func(Finding)) {
		first := map[string]*pupil{}
		for _, p := range f.pupils {
			if !p.active() || p.birth == "" {
				continue
			}
			o := first[p.identity()]
			if o == nil {
				first[p.identity()] = p
				continue
			}
			if o.id == p.id || o.ine.Text != "" && o.ine.Text == p.ine.Text {
				continue // said, and more strongly, by the check of fields
			}
			x := o.about(key("double", p.key()))
			x.With = p.Subject
			x.Message = "Deux dossiers sont au nom de " + o.title() + ", avec la même date de naissance, le " + day(o.birth) + "."
			x.Mend = "Fusionnez les deux dossiers dans SIECLE, ou acceptez le constat si ce sont deux homonymes nés le même jour."
			x.A, x.B = o.side("ELEVE_ID", o.id), p.side("ELEVE_ID", p.id)
			found(x)
		}
	},
}
