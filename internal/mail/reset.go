package mail

import "time"

// Reset lets a person choose a new password, and recalls the identifier.
func (c Console) Reset(to Person, link string, expires time.Time) Message {
	return c.write(letter{to, "Console Collectivité - Réinitialiser votre mot de passe", []block{
		say("Quelqu’un, vous sans doute, a déclaré avoir oublié l’identifiant ou le mot de passe de votre compte."),
		tell(fact("Votre identifiant", to.Login)),
		say("Si vous avez oublié votre mot de passe, choisissez-en un autre en suivant ce lien. Il ne sert qu’une fois, jusqu’au %s.", c.instant(expires)),
		follow("Réinitialiser mon mot de passe", link),
		say("Si vous n’avez rien demandé, ignorez ce message\u00a0: votre mot de passe reste le même."),
	}})
}
