package mail

import (
	"time"

	"belvedere"
)

// DefinitionNews is something that happened to the definition of an indicator.
type DefinitionNews struct {
	Subject   string
	What      string // in a sentence or two
	Indicator string
	By        string
	From      time.Time // date of effect, zero for none
	Reason    string
	Impact    string
	Link      string // of its page
}

// Definition tells about the definition of an indicator those who answer for it.
func (c Console) Definition(to Person, n DefinitionNews) Message {
	facts := [][2]string{fact("Indicateur", n.Indicator), fact("Par", n.By)}
	if !n.From.IsZero() {
		facts = append(facts, fact("Date d’effet", belvedere.DayMonthYear(n.From)))
	}
	facts = append(facts, fact("Motif", n.Reason))
	if n.Impact != "" {
		facts = append(facts, fact("Effet", n.Impact))
	}
	blocks := []block{say("%s", n.What), tell(facts...)}
	if link := safeLink(n.Link); link != "" {
		blocks = append(blocks, follow("Ouvrir la page", link))
	}
	return c.write(letter{to, "Console - " + n.Subject, blocks})
}
