package demo

import "belvedere"

// An Account of the demonstration: a person who does not exist, with the rights of a trade that does.
type Account struct {
	FirstName, LastName, Email, Function string

	Admin, Auditor bool
	InSchool       bool               // works in its Schools, and sees all of their figures
	AllSchools     bool               // every school of the territory
	Groups         []string           // names of Groups
	Schools        []belvedere.UAI    // one by one
	Widgets        []string           // nil: all
	Within         []belvedere.Within // members to which all that is limited
	Grants         []Grant
}

// A Grant of the demonstration: what someone may do beyond reading, for a year.
type Grant struct{ Capability, Level, Purpose string }

// A Group of schools of the demonstration.
type Group struct {
	Name, Rule string
	Values     []string
}

// Groups are the sets of schools that accounts name.
func Groups() []Group {
	return []Group{
		{"Collèges", "type", []string{"college"}},
		{"District de Castelbruc", "code_postal", []string{"990"}},
		{"District du Sud", "code_postal", []string{"994", "992"}},
	}
}

// Accounts are thirteen people of different rights, from the widest. Only schools that stand in every
// département that Write writes are named.
func Accounts() []Account {
	school := func(index int) belvedere.UAI { return belvedere.UAIFromNumber(int32(firstSchool + index)) }
	return []Account{
		{FirstName: "Claire", LastName: "MORVAN", Email: "claire.morvan@sarvane.example", Function: "Administratrice de la console", Admin: true},
		{FirstName: "Idriss", LastName: "LE GOFF", Email: "idriss.legoff@sarvane.example", Function: "Délégué à la protection des données", Auditor: true, AllSchools: true, Widgets: []string{}},
		{FirstName: "Hélène", LastName: "VASSEUR", Email: "helene.vasseur@sarvane.example", Function: "Directrice de l’éducation", AllSchools: true,
			Grants: []Grant{{"donnees", "agregats", "Répondre des données de l’infocentre"}}},
		{FirstName: "Samir", LastName: "BENALI", Email: "samir.benali@sarvane.example", Function: "Chargé de mission vie scolaire", Groups: []string{"Collèges"},
			Widgets: []string{"moyens.eleves", "social.assiduite", "social.discipline", "social.eleves"},
			Grants:  []Grant{{"auteur", "agregats", "Composer les tableaux de bord de la vie scolaire"}, {"extracteur", "agregats", "Extraire les chiffres du bilan annuel de la vie scolaire"}}},
		{FirstName: "Odile", LastName: "TISSERAND", Email: "odile.tisserand@sarvane.example", Function: "Responsable du patrimoine", Groups: []string{"District du Sud"},
			Widgets: []string{"moyens.classes", "moyens.salles", "travaux"}},
		{FirstName: "Paul", LastName: "KERVELLA", Email: "paul.kervella@sarvane.example", Function: "Référent numérique", Groups: []string{"District de Castelbruc"},
			Widgets: []string{"communications", "scolarite.cahier", "scolarite.evaluations", "scolarite.ressources", "scolarite.stages"}},
		{FirstName: "Nadia", LastName: "FERRAND", Email: "nadia.ferrand@ac-sarvane.example", Function: "Principale", InSchool: true, Schools: []belvedere.UAI{school(9)}},
		{FirstName: "Luc", LastName: "AMBROISE", Email: "luc.ambroise@ac-sarvane.example", Function: "Gestionnaire de deux établissements", InSchool: true, Schools: []belvedere.UAI{school(noAgreementA), school(60)},
			Grants: []Grant{{"extracteur", "personnes", "Enquêtes de fin d’année, sous pseudonyme"}}},
		{FirstName: "Maud", LastName: "DELORMEL", Email: "maud.delormel@eni-sarvane.example", Function: "Directrice de l’école d’ingénieurs", InSchool: true, Schools: []belvedere.UAI{InstituteUAI()}},
		{FirstName: "Yann", LastName: "CASTELNAU", Email: "yann.castelnau@eni-sarvane.example", Function: "Contrôleur de gestion", InSchool: true, Schools: []belvedere.UAI{InstituteUAI()},
			Grants: []Grant{{"auteur", "agregats", "Piloter la masse salariale et le budget"}, {"extracteur", "agregats", "Dialogue de gestion avec les départements"}}},
		{FirstName: "Sylvaine", LastName: "BRUNOY", Email: "sylvaine.brunoy@eni-sarvane.example", Function: "Responsable de la scolarité", InSchool: true, Schools: []belvedere.UAI{InstituteUAI()},
			Grants: []Grant{{"auteur", "agregats", "Suivre les inscriptions et la réussite"}, {"extracteur", "identites", "Convoquer les étudiants et répondre aux enquêtes"}, {"donnees", "agregats", "Répondre des données de la scolarité"}}},
		{FirstName: "Gaëtan", LastName: "ROUVRAY", Email: "gaetan.rouvray@eni-sarvane.example", Function: "Responsable du cycle préparatoire", InSchool: true, Schools: []belvedere.UAI{InstituteUAI()},
			Widgets: []string{"sup.inscriptions", "sup.resultats", "sup.heures", "sup.plateforme"}},
		{FirstName: "Ronan", LastName: "QUILLIEN", Email: "ronan.quillien@eni-sarvane.example", Function: "Directeur du département Génie civil", InSchool: true, Schools: []belvedere.UAI{InstituteUAI()},
			Within: []belvedere.Within{{Dim: "composante", Codes: []string{"Genie_civil"}}}, Grants: []Grant{{"auteur", "agregats", "Suivre les étudiants, les heures et le budget du département"}}},
	}
}

// firstSchool is the number of the first school; the others follow.
const firstSchool = 9_990_001
