package rule

var guardianTwice = Rule{
	Number: 13, Code: "responsable_double", Title: "Responsables en double", Severity: Warning, Tool: ToolSIECLE,
	Text:   "Une personne n’a qu’une fiche\u00a0: deux fiches du même nom et du même prénom qui ont aussi une adresse, un téléphone ou une adresse électronique en commun sont sans doute la même. Le nom seul ne suffit pas\u00a0: homonymes, père et fils.",
	Origin: "Formation des équipes de direction (enjeu 1)\u202f; critères de GEPI",
	needs:  [][]string{needGuardians},
	run: func(f *facts, found func(Finding)) {
		byLocal := map[int64]*person{}
		for _, p := range f.persons {
			if p.ID != 0 {
				byLocal[p.ID] = p
			}
		}
		for _, d := range f.twins {
			a, b := byLocal[d.A.ID], byLocal[d.B.ID]
			if a == nil || b == nil || derived(a.id) || derived(b.id) || d.State == PairDistinct || d.Certainty == Possible {
				continue
			}
			how := "a sans doute deux fiches"
			if d.Certainty == Certain {
				how = "a deux fiches"
			}
			found(Finding{Key: key(a.key(), b.key()), Who: a.Subject, With: b.Subject,
				Message: a.title() + " " + how + " de responsable" + d.shared() + ".",
				Mend:    "Fusionnez les deux fiches dans SIECLE, ou marquez-les distinctes dans les doublons. D’ici là, Belvédère ne fusionne que pour le courrier.",
				A:       a.place.side("siecle", "PERSONNE_ID", a.id), B: b.place.side("siecle", "PERSONNE_ID", b.id)})
		}
	},
}
