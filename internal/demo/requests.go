package demo

// A Request of the demonstration: what someone asks for, as the form reads it, and who has said what so far.
type Request struct {
	By        string // address of the account
	Procedure string
	Values    map[string][]string // people by address
	Decisions []Decision
	Votes     []string // addresses
}

// A Decision of the demonstration.
type Decision struct {
	By, Act, Reason string
	Values          map[string][]string
}

// Requests are one of access that waits for a manager, and one of a report that is being made.
func Requests() []Request {
	const samir, odile, helene, paul = "samir.benali@sarvane.example", "odile.tisserand@sarvane.example", "helene.vasseur@sarvane.example", "paul.kervella@sarvane.example"
	return []Request{
		{By: paul, Procedure: "acces", Values: map[string][]string{
			"besoin": {"Suivre les demandes de travaux informatiques"}, "role": {"Référent numérique, suivi du parc"}, "capacite": {"lecteur"}, "rubriques": {"travaux"},
			"finalite": {"Planifier les interventions du second semestre avec le service du patrimoine."}, "responsable": {odile},
		}},
		{By: samir, Procedure: "rapport", Values: map[string][]string{
			"objet": {"Absences par mois et par niveau, collèges du Sud"}, "nature": {"rapport"}, "finalite": {"Préparer les réunions trimestrielles avec les principaux."},
			"indicateurs": {"Demi-journées d’absence, retards"}, "frequence": {"mois"}, "population": {"Élèves des collèges, hors ULIS"}, "public": {"Direction de l’éducation"},
			"exemple_indicateur": {"eleves"}, "exemple_ou": {"annee=2025 type=college"}, "exemple_valeur": {"12000"},
		}, Votes: []string{helene, paul}, Decisions: []Decision{{By: helene, Act: "approuver", Reason: "Retenue pour le trimestre.", Values: map[string][]string{"priorite": {"haute"}}}}},
	}
}
