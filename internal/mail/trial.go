package mail

// Trial lets an administrator check that mails arrive.
func (c Console) Trial(to Person) Message {
	return c.write(letter{to, "Console - Essai d’envoi", []block{
		say("Ce message montre que la console sait envoyer du courrier."),
		follow("Console", c.site()),
	}})
}
