package mail

import "time"

// A SecurityEvent is a change that the owner of an account must hear of.
type SecurityEvent string

// The events, as the letter states them.
const (
	PasswordChanged   SecurityEvent = "Votre mot de passe a été changé."
	MethodAdded       SecurityEvent = "Un nouveau moyen de connexion a été ajouté à votre compte."
	MethodRemoved     SecurityEvent = "Un second facteur a été retiré de votre compte."
	RecoveryMade      SecurityEvent = "De nouveaux codes de secours ont été créés\u00a0: les anciens ne valent plus rien."
	RecoveryUsed      SecurityEvent = "Un code de secours a servi à entrer dans votre compte."
	EmailChanged      SecurityEvent = "L’adresse de courrier de votre compte a été changée. Ce message est le dernier envoyé à l’ancienne adresse."
	LoginChanged      SecurityEvent = "L’identifiant de votre compte a été changé."
	SessionsEnded     SecurityEvent = "Toutes les connexions ouvertes de votre compte ont été fermées."
	AccountLocked     SecurityEvent = "Votre compte a été verrouillé par un administrateur."
	TooManyAttempts   SecurityEvent = "De nombreux essais de connexion à votre compte ont échoué. Les suivants sont ralentis."
	TokenMade         SecurityEvent = "Un jeton de lecture a été créé pour votre compte\u00a0: le programme qui le présente lit les chiffres que vous voyez."
	NewBrowserEntered SecurityEvent = "Votre compte vient d’être ouvert depuis un navigateur inconnu."
)

// SecurityNotice tells the owner of an account what has just happened to it. Detail names the
// method, the new address or the like; from is the network address and browser how it presents
// itself. Each of them may be "".
func (c Console) SecurityNotice(to Person, event SecurityEvent, at time.Time, detail, from, browser string) Message {
	facts := [][2]string{fact("Compte", to.Login), fact("Quand", c.instant(at))}
	for _, f := range [][2]string{fact("Détail", detail), fact("Adresse du réseau", from), fact("Navigateur", browser)} {
		if f[1] != "" {
			facts = append(facts, f)
		}
	}
	return c.write(letter{to, "Console - Sécurité de votre compte", []block{
		say("%s", string(event)),
		tell(facts...),
		say("Si c’est bien vous, il n’y a rien à faire. Sinon, prévenez aussitôt l’administrateur de la console et choisissez un nouveau mot de passe depuis la page de connexion."),
		follow("Console", c.site()),
	}})
}
