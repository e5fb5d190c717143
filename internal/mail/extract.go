package mail

import (
	"time"

	"belvedere"
)

// ExtractNews is what letters say of an extract. They hold no row of it and no passphrase.
type ExtractNews struct {
	Code, Label string
	Purpose     string
	Rows        int
	Until       time.Time // the file is on the server
	Due         time.Time // last day of the copies
	Who         string    // identifiant of who asked
	Why         string    // it is flagged
	Error       string
	Link        string // of its page
	All         string // page of those who oversee
}

func (n ExtractNews) facts() [][2]string {
	return [][2]string{fact("Extrait", n.Code), fact("Contenu", n.Label), fact("Finalité", n.Purpose)}
}

// ExtractReady tells that a file waits to be taken.
func (c Console) ExtractReady(to Person, n ExtractNews) Message {
	return c.write(letter{to, "Console - Votre extrait est prêt", []block{
		say("L’extrait que vous avez demandé est prêt (%s).", belvedere.Plural(n.Rows, "ligne", "lignes")), tell(n.facts()...),
		follow("Le prendre", n.Link),
		say("Le fichier reste sur le serveur jusqu’au %s, puis il est supprimé. Vous vous êtes engagé à détruire vos copies au plus tard le %s.",
			belvedere.DayMonthYear(n.Until), belvedere.DayMonthYear(n.Due)),
	}})
}

// ExtractDue reminds of the duty to destroy copies.
func (c Console) ExtractDue(to Person, n ExtractNews) Message {
	return c.write(letter{to, "Console - Détruisez les copies de votre extrait", []block{
		say("La durée que vous avez déclarée pour cet extrait finit le %s. D’ici là, détruisez toutes ses copies\u00a0: fichiers, pièces jointes, impressions, et celles que vous avez remises aux destinataires.",
			belvedere.DayMonthYear(n.Due)),
		tell(n.facts()...), follow("Dire que mes copies sont détruites", n.Link),
		say("Si la finalité demande plus longtemps, faites une nouvelle demande avant cette date\u00a0: elle aura sa propre durée."),
	}})
}

// ExtractFlagged tells the data protection officer of an unusual extract.
func (c Console) ExtractFlagged(to Person, n ExtractNews) Message {
	return c.write(letter{to, "Console - Extrait à examiner", []block{
		say("Un extrait sort de l’ordinaire\u00a0: %s.", n.Why), tell(append(n.facts(), fact("Demandé par", n.Who), fact("Lignes", belvedere.FormatNumber(float64(n.Rows), 0)))...),
		follow("Voir les extraits de tous", n.All),
	}})
}

// ExtractStopped tells that a regular extract is no longer made, and why.
func (c Console) ExtractStopped(to Person, n ExtractNews) Message {
	return c.write(letter{to, "Console - Extrait régulier arrêté", []block{
		say("Votre extrait régulier «\u00a0%s\u00a0» n’est plus préparé\u00a0: %s", n.Label, n.Error),
		follow("Voir mes extraits réguliers", n.All),
		say("Rien ne sera déposé tant que vous ne le relancez pas."),
	}})
}

// ExtractMissed tells that a regular extract could not be put at its place this time.
func (c Console) ExtractMissed(to Person, n ExtractNews) Message {
	return c.write(letter{to, "Console - Extrait régulier non déposé", []block{
		say("Votre extrait régulier «\u00a0%s\u00a0» n’a pas pu être déposé cette fois\u00a0: %s", n.Label, n.Error),
		say("Il sera préparé de nouveau à sa prochaine échéance."), follow("Voir mes extraits réguliers", n.All),
	}})
}

// ExtractMissedBy tells those who run the console that the regular extract of someone came to nothing: a place is to
// be mended, or nobody else can be told.
func (c Console) ExtractMissedBy(to Person, n ExtractNews, stopped bool) Message {
	next := say("Il sera préparé de nouveau à sa prochaine échéance. Les lieux de dépôt se corrigent dans la configuration du serveur (extract_places). " +
		"Ce message n’est pas répété tant que les suivants échouent de même.")
	if stopped {
		next = say("Il ne sera plus préparé. La personne dont c’est l’extrait n’a pas pu être prévenue.")
	}
	return c.write(letter{to, "Console - Extrait régulier non déposé", []block{
		say("L’extrait régulier «\u00a0%s\u00a0» de %s n’a pas été déposé\u00a0: %s", n.Label, n.Who, n.Error), next}})
}
