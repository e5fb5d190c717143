package mail

import (
	"time"

	"belvedere"
)

// An Ending is an agreement that ends soon.
type Ending struct {
	School    string    // name and UAI, or "" for an agreement of all schools
	Reference string    // of its document, or ""
	Last      time.Time // last day on which it is in force, a calendar date
	Link      string    // its page
}

// AgreementReminder tells an administrator which agreements end soon, earliest first.
func (c Console) AgreementReminder(to Person, endings []Ending) Message {
	blocks := []block{
		say("Passé la date indiquée, les établissements suivants ne partageront plus rien avec la collectivité, sauf nouvelle convention. Leurs propres personnels verront toujours leurs chiffres."),
	}
	shown := endings[:min(len(endings), 50)]
	for _, e := range shown {
		school := e.School
		if school == "" {
			school = "Tous les établissements (convention collective)"
		}
		facts := [][2]string{fact("Établissement", school), fact("Dernier jour", belvedere.DayMonthYear(e.Last))}
		if e.Reference != "" {
			facts = append(facts, fact("Référence", e.Reference))
		}
		blocks = append(blocks, tell(facts...))
		if link := safeLink(e.Link); link != "" {
			blocks = append(blocks, follow("Ouvrir la convention", link))
		}
	}
	if more := len(endings) - len(shown); more > 0 {
		blocks = append(blocks, say("%s de plus dans la liste des conventions.", belvedere.Plural(more, "convention", "conventions")))
	}
	subject := "Console - Une convention arrive à son terme"
	if len(endings) > 1 {
		subject = "Console - Des conventions arrivent à leur terme"
	}
	return c.write(letter{to, subject, blocks})
}
