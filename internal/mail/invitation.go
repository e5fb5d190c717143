package mail

import "time"

// Invitation asks a person to create an account by a link that works once.
func (c Console) Invitation(to Person, link string, expires time.Time) Message {
	opening := say("Un accès à la console territoriale vous est ouvert.")
	if c.name() != "" {
		opening = say("Un accès à la console territoriale vous est ouvert par «\u00a0%s\u00a0».", c.name())
	}
	blocks := []block{
		opening,
		say("Pour créer votre compte, choisissez votre identifiant et votre mot de passe en suivant ce lien. Il ne sert qu’une fois, jusqu’au %s.", c.instant(expires)),
		follow("Accéder à la Console", link),
	}
	if to.Login != "" {
		blocks = append(blocks, tell(fact("Identifiant proposé", to.Login)))
	}
	blocks = append(blocks, say("Si vous n’attendiez pas ce message, ne suivez pas le lien\u00a0: aucun compte ne sera ouvert."))
	return c.write(letter{to, "Inscription à la console territoriale", blocks})
}
