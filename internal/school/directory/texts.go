package directory

// ours are the texts of letters that no school changed: subject and body, by profile and language.
var ours = map[string][2]string{
	"eleves/fr": {"Ton accès à l’espace numérique – {annee}",
		"{destinataire},\n\nVoici de quoi ouvrir ton compte dans l’espace numérique de {etablissement}.\n\n{acces}\n\n" +
			"À la première connexion, tu saisis l’identifiant et le code, puis tu choisis ton mot de passe. Le code ne sert qu’une fois, jusqu’au {expiration}. " +
			"Après cette date, ou si tu l’as perdu, demande un nouveau courrier à la vie scolaire.\n\nNe donne ton mot de passe à personne, même à un ami."},
	"eleves/en": {"Your access to the school’s online services – {annee}",
		"Here is what you need to open your account at {etablissement}.\n\n" +
			"The first time, type your identifier and your code, then choose a password. The code works once, until {expiration}. " +
			"After that date, or if you lose it, ask the school for another letter.\n\nNever give your password to anyone."},
	"responsables/fr": {"Vos accès à l’espace numérique – {annee}",
		"{destinataire},\n\nVous êtes responsable de\u00a0: {eleves}. Voici de quoi ouvrir votre compte dans l’espace numérique de {etablissement}. " +
			"Chaque adulte a le sien\u202f; il vaut pour tous vos enfants qui y sont scolarisés.\n\n{acces}\n\n" +
			"À la première connexion, saisissez l’identifiant et le code, puis choisissez un mot de passe. Le code ne sert qu’une fois, jusqu’au {expiration}. " +
			"Après cette date, ou s’il est perdu, le secrétariat vous en remet un autre\u00a0: l’ancien ne vaut alors plus rien.\n\n" +
			"Si un nom, une adresse ou un lien est inexact dans ce courrier, signalez-le au secrétariat."},
	"responsables/en": {"Your access to the school’s online services – {annee}",
		"You are responsible for: {eleves}. Here is what you need to open your account at {etablissement}. " +
			"Each adult has an account of his or her own, for all of your children at this school.\n\n" +
			"The first time, type your identifier and your code, then choose a password. The code works once, until {expiration}. " +
			"After that date, or if it is lost, the school office will give you another one.\n\nIf anything in this letter is wrong, please tell the school office."},
	"personnels/fr": {"Votre accès à l’espace numérique – {annee}",
		"{destinataire},\n\nVoici de quoi ouvrir votre compte dans l’espace numérique de {etablissement}.\n\n{acces}\n\n" +
			"À la première connexion, saisissez l’identifiant et le code, puis choisissez un mot de passe. Le code ne sert qu’une fois, jusqu’au {expiration}. " +
			"Après cette date, demandez un nouveau courrier au secrétariat.\n\nVotre compte ouvre sur des données d’élèves\u00a0: ne le prêtez pas."},
	"personnels/en": {"Your access to the school’s online services – {annee}",
		"Here is what you need to open your account at {etablissement}.\n\n" +
			"The first time, type your identifier and your code, then choose a password. The code works once, until {expiration}.\n\n" +
			"Your account opens on data about pupils: do not lend it."},
}
