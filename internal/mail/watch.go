package mail

import (
	"belvedere"
)

// An AlertLine is one figure that met the rule of an alert. Whoever makes one has checked that
// its reader may see the figure.
type AlertLine struct {
	Alert string // what the person called it
	Where string // school, or perimeter
	Text  string // "1 234 élèves, au-dessus de 1 200"
	When  string // period
}

// mostAlertLines bounds the lines of one mail; the page shows the others.
const mostAlertLines = 30

// AlertDigest tells a person in one mail all that alerts found since the last.
func (c Console) AlertDigest(to Person, lines []AlertLine) Message {
	blocks := []block{say("Vos alertes signalent %s.", belvedere.Plural(len(lines), "chiffre", "chiffres"))}
	shown := lines[:min(len(lines), mostAlertLines)]
	for _, l := range shown {
		facts := [][2]string{fact("Alerte", l.Alert), fact("Où", l.Where), fact("Constat", l.Text)}
		if l.When != "" {
			facts = append(facts, fact("Période", l.When))
		}
		blocks = append(blocks, tell(facts...))
	}
	if more := len(lines) - len(shown); more > 0 {
		blocks = append(blocks, say("%s de plus sur la page de vos alertes.", belvedere.Plural(more, "constat", "constats")))
	}
	blocks = append(blocks,
		follow("Voir et marquer comme vues", c.URL+"/alertes"),
		say("Les chiffres sont ceux que vos droits ouvrent au moment de l’envoi. Pour ne plus recevoir ces messages, suspendez ou retirez l’alerte sur la même page."))
	m := c.write(letter{to, "Console - " + belvedere.Plural(len(lines), "alerte", "alertes"), blocks})
	m.Unsubscribe = safeLink(c.URL + "/alertes")
	return m
}

// A ScheduledFile is what a letter says of the file that it carries.
type ScheduledFile struct {
	Label  string // of the schedule
	Title  string // of the page, with its selection
	Rhythm string // "chaque lundi"
	Link   string // the page
	Stop   string // where one unsubscribes
	By     string // who set it, when that is another person; ""
	File   Attachment
	TooBig bool // the file is not joined
}

// ScheduledLetter carries a file that was computed with the rights of its recipient.
func (c Console) ScheduledLetter(to Person, f ScheduledFile) Message {
	blocks := []block{say("Voici le fichier de l’envoi «\u00a0%s\u00a0» (%s).", f.Label, f.Rhythm), tell(fact("Contenu", f.Title))}
	if f.TooBig {
		blocks = append(blocks, say("Le fichier est trop volumineux pour être joint à un courrier\u00a0: prenez-le sur la page."))
	}
	blocks = append(blocks, follow("Ouvrir la page", f.Link),
		say("Ce fichier est calculé pour vous seul, avec vos droits au moment de l’envoi. Le transmettre à d’autres leur montrerait ce que leurs droits n’ouvrent peut-être pas."))
	if f.By != "" {
		blocks = append(blocks, say("Cet envoi a été réglé par %s.", f.By))
	}
	blocks = append(blocks, follow("Ne plus recevoir cet envoi", f.Stop))
	m := c.write(letter{to, "Console - " + f.Label, blocks})
	m.Unsubscribe = safeLink(f.Stop)
	if !f.TooBig {
		m.Attachments = []Attachment{f.File}
	}
	return m
}
