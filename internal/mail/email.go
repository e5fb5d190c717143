package mail

import "time"

// EmailChange asks a new address to confirm that its owner wants it: to.Address is the new one.
func (c Console) EmailChange(to Person, link string, expires time.Time) Message {
	return c.write(letter{to, "Console - Confirmer votre adresse", []block{
		say("Cette adresse doit devenir celle du compte «\u00a0%s\u00a0» de la console. Confirmez-la en suivant ce lien. Il ne sert qu’une fois, jusqu’au %s.", to.Login, c.instant(expires)),
		follow("Confirmer mon adresse", link),
		say("Si vous n’avez rien demandé, ne suivez pas le lien\u00a0: l’adresse du compte reste la même."),
	}})
}
