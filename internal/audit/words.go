package audit

// Actions of entries. They are kept as they are here: a word that was used is never given
// another meaning.
const (
	SignIn        = "connexion"
	SignInRefused = "connexion_refusee"
	SignOut       = "deconnexion"
	Read          = "consultation"
	Export        = "export"
	Deliver       = "livraison"
	Publish       = "edition"
	OwnAccount    = "compte"
	Password      = "mot_de_passe"
	SecondFactor  = "second_facteur"
	Link          = "lien"
	User          = "utilisateur"
	Rights        = "droits"
	Group         = "groupe"
	Agreement     = "convention"
	Declare       = "declaration" // a dataset was declared, loaded or withdrawn in the product
	Definition    = "definition"
	Territory     = "territoire"
	Secrecy       = "secret" // rules of statistical secrecy, and releases
	School        = "etablissement"
	Token         = "jeton"
	Mail          = "courrier"
	TheJournal    = "journal"
	Break         = "rupture" // written by the journal itself
	Purged        = "purge"
	Backup        = "sauvegarde"
	Restore       = "restauration"
	Refusal       = "refus"
	Nominative    = "nominatif"   // names of a school were read
	Vault         = "coffre"      // the vault of a school was changed
	Alert         = "alerte"      // an alert was set, stopped or seen
	Governance    = "gouvernance" // duties, calendar, written rules, questions, training
	Schedule      = "envoi"       // a scheduled file was set, stopped or refused
	Extract       = "extrait"     // an extract was asked for, made, taken or deleted
	Grant         = "habilitation"
	Dashboard     = "tableau" // a dashboard was made, changed, shared or removed
	Formula       = "formule" // a formula or a population was written, shared, verified or removed
	Saved         = "requete" // a saved query was made, changed, shared, verified or removed
	Request       = "demande" // a request was filed, answered or decided
)

// Doors of entries: by which way someone came.
const (
	Page    = "page"
	File    = "fichier"
	API     = "api"
	Command = "commande"
	Server  = "serveur"
	ByMail  = "courrier" // a file or an alert that went by mail
)

// Results of entries.
const (
	Done    = "fait"
	Refused = "refuse"
	Failed  = "echec"
)

// A Word is what stands in entries, with what people read.
type Word struct{ Code, Label string }

// Actions, Doors and Results are the words in the order of menus.
var (
	Actions = []Word{
		{SignIn, "Connexion"}, {SignInRefused, "Connexion refusée"}, {SignOut, "Déconnexion"},
		{Read, "Consultation"}, {Export, "Export"}, {Deliver, "Livraison de données"}, {Publish, "Édition"},
		{OwnAccount, "Compte personnel"}, {Password, "Mot de passe"}, {SecondFactor, "Second facteur"}, {Link, "Lien à usage unique"},
		{User, "Utilisateur"}, {Rights, "Droits"}, {Group, "Groupe d’établissements"}, {Agreement, "Convention"}, {Definition, "Définition"},
		{Territory, "Réglages du territoire"}, {Secrecy, "Secret statistique"}, {School, "Fiche d’établissement"}, {Token, "Jeton"}, {Mail, "Courrier"},
		{TheJournal, "Consultation du journal"}, {Break, "Rupture du journal"}, {Purged, "Purge du journal"},
		{Backup, "Sauvegarde"}, {Restore, "Restauration"}, {Refusal, "Refus"}, {Nominative, "Lecture nominative"}, {Vault, "Coffre d’établissement"},
		{Alert, "Alerte"}, {Schedule, "Envoi réglé"}, {Governance, "Gouvernance"}, {Extract, "Extrait"}, {Grant, "Habilitation"}, {Dashboard, "Tableau de bord"}, {Formula, "Formule"}, {Saved, "Requête enregistrée"}, {Request, "Demande"},
	}
	Doors = []Word{
		{Page, "Page"}, {File, "Fichier"}, {API, "API"}, {Command, "Ligne de commande"}, {Server, "Serveur"}, {ByMail, "Courrier"},
	}
	Results = []Word{{Done, "Fait"}, {Refused, "Refusé"}, {Failed, "Échec"}}
)

// Label is what people read of a word, or the word itself when it is of another version.
func Label(words []Word, code string) string {
	for _, w := range words {
		if w.Code == code {
			return w.Label
		}
	}
	return code
}
