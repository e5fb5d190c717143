package mail

// AccountReady confirms that an account was created.
func (c Console) AccountReady(to Person) Message {
	return c.write(letter{to, "Console - Inscription terminée", []block{
		say("Votre compte est créé. Vous pouvez dès maintenant vous connecter avec votre identifiant et le mot de passe que vous avez choisi."),
		tell(fact("Identifiant", to.Login)),
		follow("Console", c.site()),
		say("Enregistrez cette adresse parmi vos favoris. Si vous n’avez pas créé ce compte, prévenez l’administrateur de la console."),
	}})
}
