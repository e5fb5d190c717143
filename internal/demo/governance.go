package demo

// The organisation of the demonstration around the figures of its engineering school: who answers for
// what, the year of its registrar's office, and the rule that it wrote after a bad June.

// A Holding of the demonstration: someone by his or her mail address, or a service by its name.
type Holding struct{ Duty, Place, Who string }

// Holdings leave two gaps on purpose: nobody answers for the documentation, and a correspondent is missing.
func Holdings() []Holding {
	return []Holding{
		{"pilotage", "titulaire", "maud.delormel@eni-sarvane.example"}, {"pilotage", "suppleant", "helene.vasseur@sarvane.example"},
		{"modelisation", "titulaire", "gaetan.rouvray@eni-sarvane.example"}, {"modelisation", "suppleant", "sylvaine.brunoy@eni-sarvane.example"},
		{"scolarite", "titulaire", "sylvaine.brunoy@eni-sarvane.example"}, {"scolarite", "suppleant", "gaetan.rouvray@eni-sarvane.example"},
		{"technique", "titulaire", "Direction des systèmes d’information"}, {"technique", "suppleant", "paul.kervella@sarvane.example"},
		{"formation", "titulaire", "sylvaine.brunoy@eni-sarvane.example"},
		{"assistance", "titulaire", "yann.castelnau@eni-sarvane.example"}, {"assistance", "suppleant", "sylvaine.brunoy@eni-sarvane.example"},
		{"assistance", "fonctionnel", "sylvaine.brunoy@eni-sarvane.example"}, {"assistance", "fonctionnel", "gaetan.rouvray@eni-sarvane.example"},
		{"assistance", "technique", "paul.kervella@sarvane.example"},
	}
}

// A Task of the demonstration; days are "month-day" within the school year.
type Task struct{ Label, Duty, Starts, Ends, Note string }

// Tasks are the year of a registrar's office.
func Tasks() []Task {
	return []Task{
		{"Inscriptions administratives", "scolarite", "09-01", "10-15", "Contrôler les statuts avant la remontée des effectifs."},
		{"Inscriptions pédagogiques et groupes", "scolarite", "09-15", "10-31", ""},
		{"Enquête sur les effectifs (SISE)", "scolarite", "01-15", "02-28", "Aucun constat de cohérence ne doit rester à traiter."},
		{"Modélisation de l’année suivante", "modelisation", "03-01", "05-15", "Une seule étape porte un élément partagé ; les autres le citent."},
		{"Clôture des éléments communs", "modelisation", "06-15", "06-30", "Toutes les étapes closent, ou aucune."},
		{"Délibérations de session 1", "scolarite", "06-20", "07-10", ""},
		{"Recensement des besoins de formation", "formation", "05-01", "05-31", ""},
	}
}

// A WrittenRule of the demonstration.
type WrittenRule struct{ Title, Duty, Audience, Text, Reason string }

// WrittenRules are two: one in two versions.
func WrittenRules() [][]WrittenRule {
	const closing = "Clôture des éléments communs"
	return [][]WrittenRule{
		{
			{closing, "modelisation", "responsabilite:scolarite", "# Clôture\n\nChaque étape clôt ses éléments avant le 30 juin.", "Première version."},
			{closing, "modelisation", "responsabilite:scolarite", "# Clôture\n\nUn élément partagé est clos **par toutes les étapes le même jour**, au plus tard le 30 juin.\n\n- L’étape porteuse demande la clôture.\n- Les autres étapes la confirment sous cinq jours.\n- Personne ne rouvre seul un élément partagé.\n\nLe [tableau de cohérence](/gouvernance/coherence) dit ce qui reste ouvert.", "Deux étapes avaient rouvert une unité d’enseignement après le jury."},
		},
		{{"Saisie d’une démission", "scolarite", "tous", "# Démission\n\n1. La scolarité saisit la date à laquelle l’étudiant dit partir, non celle de la saisie.\n2. L’inscription devient démissionnaire ; elle n’est pas annulée.\n3. Les notes d’avant la date restent.", "Première version."}},
	}
}

// A Question of the demonstration, by the mail address of who asks.
type Question struct{ By, Duty, Subject, Text, Answer string }

// Questions are the beginning of a memory.
func Questions() []Question {
	return []Question{
		{"gaetan.rouvray@eni-sarvane.example", "scolarite", "Étudiant en césure un semestre", "Faut-il l’inscrire à l’étape du semestre où il est présent ?", "Oui : une inscription active pour le semestre présent, une césure pour l’autre. Les deux portent la même étape, avec des dates."},
		{"yann.castelnau@eni-sarvane.example", "modelisation", "Crédits des semestres à l’étranger", "Une étape de mobilité vaut-elle 60 crédits ou ceux de l’accord d’échange ?", ""},
	}
}

// A Training of the demonstration, some days from today.
type Training struct {
	Label, Topic, Trainer, Place string
	Days, Seats                  int
}

// Trainings are one that took place and one to come.
func Trainings() []Training {
	return []Training{
		{"Composer ses requêtes", "auteur", "Sylvaine BRUNOY", "Salle 104", -40, 12},
		{"Extraire sans identifier", "extracteur", "Idriss LE GOFF", "Salle 104", 21, 8},
	}
}
