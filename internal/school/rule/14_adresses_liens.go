package rule

var addressesAndLinks = Rule{
	Number: 14, Code: "adresses_liens", Title: "Adresses et liens des responsables", Severity: Warning, Tool: ToolSIECLE,
	Text:   "Une adresse n’est saisie qu’une fois\u202f; chaque responsable a une adresse et répond d’au moins un élève\u202f; un lien relie un élève et une personne qui existent.",
	Origin: "Défauts observés dans les exports de SIECLE\u202f; critères de GEPI",
	needs:  [][]string{needGuardians},
	run: func(f *facts, found func(Finding)) {
		f.sameAddress(found)
		addressed := false // an export without addresses says nothing of them
		for _, p := range f.persons {
			addressed = addressed || p.addressID != ""
		}
		for _, p := range f.persons {
			f.judgePerson(p, addressed, found)
		}
		f.orphanLinks(found)
	},
}

func (f *facts) sameAddress(found func(Finding)) {
	first := map[string]*postal{}
	for _, a := range f.postals {
		if a.key == "" || derived(a.id) {
			continue
		}
		o := first[a.key]
		if o == nil {
			first[a.key] = a
			continue
		}
		if o.id == a.id {
			continue
		}
		found(Finding{Key: key("adresse", o.id, a.id),
			Message: "Deux adresses sont les mêmes\u00a0: ADRESSE_ID " + o.id + " et " + a.id + ".",
			Mend:    "Rattachez les personnes à une seule adresse dans SIECLE\u00a0: les familles ne recevront qu’un courrier.",
			A:       o.side("siecle", "ADRESSE_ID", o.id), B: a.side("siecle", "ADRESSE_ID", a.id)})
	}
}

func (f *facts) judgePerson(p *person, addressed bool, found func(Finding)) {
	say := func(part, message, mend string, a Side) {
		found(Finding{Key: key(p.key(), part), Who: p.Subject, Message: p.title() + message, Mend: mend, A: a})
	}
	where := f.places[p.addressID]
	switch {
	case !addressed || derived(p.id):
	case p.addressID == "":
		say("adresse", " n’a pas d’adresse\u00a0: aucun courrier ne lui parviendra.", "Saisissez son adresse dans SIECLE.", p.side("siecle", "ADRESSE_ID", ""))
	case where == nil:
		say("adresse", " renvoie à une adresse absente du fichier.", "Refaites l’export, ou saisissez de nouveau son adresse dans SIECLE.", p.side("siecle", "ADRESSE_ID", p.addressID))
	case where.key == "":
		say("adresse", " a une adresse vide.", "Complétez l’adresse dans SIECLE.", where.side("siecle", "LIGNE1_ADRESSE", ""))
	}
	if p.links == 0 && f.byPerson[p.id] == p {
		say("lien", " ne répond d’aucun élève.", "Rattachez cette personne à un élève dans SIECLE, ou supprimez-la.", p.side("siecle", "PERSONNE_ID", p.id))
	}
}

// orphanLinks says which links hang in the air. Pupils are looked for when their file is there.
func (f *facts) orphanLinks(found func(Finding)) {
	for _, l := range f.links {
		missing, field, value := "", "", ""
		switch {
		case f.any("siecle_eleve") && f.byPupil[l.pupil] == nil:
			missing, field, value = "l’élève", "ELEVE_ID", l.pupil
		case f.byPerson[l.person] == nil:
			missing, field, value = "la personne", "PERSONNE_ID", l.person
		default:
			continue
		}
		x := Finding{Key: key("lien", l.pupil, l.person),
			Message: "Un lien de responsabilité nomme " + missing + " " + value + ", qui n’est pas dans les fichiers.",
			Mend:    "Exportez élèves et responsables ensemble\u202f; si le défaut reste, supprimez ce lien dans SIECLE.",
			A:       l.side("siecle", field, value), B: absent("siecle", field)}
		if p := f.byPerson[l.person]; p != nil {
			x.Who = p.Subject
		} else if p := f.byPupil[l.pupil]; p != nil {
			x.Who, x.Structure = p.Subject, p.division()
		}
		found(x)
	}
}
