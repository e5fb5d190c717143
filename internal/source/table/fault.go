package table

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"belvedere"
)

// The rules of the faults that a reader finds by itself.
const (
	RuleEncoding  = "encodage"         // bytes that are no text in the encoding of the file
	RuleNUL       = "caractere_nul"    // a NUL byte
	RuleColumns   = "colonnes"         // more or fewer fields than the header
	RuleQuotes    = "guillemets"       // a quote that is never closed, or text after the closing one
	RuleLong      = "ligne_longue"     // a record over the cap
	RuleJSON      = "json"             // a line that is no JSON object
	RuleUnknown   = "cle_inconnue"     // a key that the first objects do not have
	RuleDuplicate = "cle_double"       // a key twice in one object
	RuleNested    = "valeur_imbriquee" // an object or a list as a value
)

func fault(line int64, rule, message, mend string) *belvedere.Fault {
	return &belvedere.Fault{Line: line, Rule: rule, Severity: belvedere.SeverityError, Message: message, Mend: mend}
}

func nulFault(line int64) *belvedere.Fault {
	return fault(line, RuleNUL, "La ligne contient un caractère nul (octet 0), qui n’a pas sa place dans un texte.",
		"Exportez de nouveau le fichier depuis l’application d’origine.")
}

func encodingFault(line int64, e Encoding, record []byte) *belvedere.Fault {
	mend := "Enregistrez tout le fichier en UTF-8, puis renvoyez-le."
	var message string
	switch {
	case e == UTF16LE || e == UTF16BE:
		message = "Un caractère UTF-16 est coupé ou invalide sur cette ligne."
	case e == UTF8:
		message = "Cette ligne n’est pas en UTF-8, contrairement au reste du fichier : deux encodages sont mélangés."
	case looksUTF8(record):
		message = "Cette ligne est en UTF-8, alors que le reste du fichier est en " + e.Label() + " : deux encodages sont mélangés."
	default:
		message = "Cette ligne contient un octet qui n’existe pas en " + e.Label() + ", l’encodage du reste du fichier."
	}
	return fault(line, RuleEncoding, french(message), mend)
}

func columnsFault(line int64, expected, found int) *belvedere.Fault {
	message := fmt.Sprintf("%s, %s.", countOf(expected, "colonne attendue", "colonnes attendues"), countOf(found, "trouvée", "trouvées"))
	mend := "Vérifiez les séparateurs de la ligne."
	if found > expected {
		mend = "Une valeur contient sans doute le séparateur : mettez-la entre guillemets."
	}
	return fault(line, RuleColumns, message, french(mend))
}

func quotesFault(line int64) *belvedere.Fault {
	return fault(line, RuleQuotes, "Un guillemet ouvert sur cette ligne n’est pas refermé, ou il est suivi d’un texte.",
		french("Fermez le guillemet ; un guillemet qui fait partie du texte s’écrit deux fois."))
}

func longFault(line int64, most int) *belvedere.Fault {
	return fault(line, RuleLong, "La ligne dépasse "+sizeOf(int64(most))+".", "Vérifiez les fins de ligne du fichier.")
}

// excerpt is a value fit to be shown: short, and valid UTF-8.
func excerpt(b []byte) string {
	const most = 60
	b = b[:min(len(b), 4*most)]
	s := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) && r != '\t' && r != '\u00a0' && r != '\u202f' {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(string(b), "\uFFFD"))
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return s
}

// french puts the spaces of French typography before its double punctuation.
func french(s string) string { return typography.Replace(s) }

var typography = strings.NewReplacer(" :", belvedere.NoBreak+":", " ;", belvedere.NarrowSpace+";",
	" ?", belvedere.NarrowSpace+"?", " !", belvedere.NarrowSpace+"!", " »", belvedere.NoBreak+"»", "« ", "«"+belvedere.NoBreak)

func number(n int64) string { return belvedere.FormatNumber(float64(n), 0) }

func countOf(n int, one, many string) string { return belvedere.Plural(n, one, many) }

// sizeOf writes a number of bytes in the largest unit that keeps it whole.
func sizeOf(n int64) string {
	units := []string{"octets", "Kio", "Mio", "Gio"}
	u := 0
	for n >= 1024 && n%1024 == 0 && u < len(units)-1 {
		n, u = n/1024, u+1
	}
	return number(n) + belvedere.NoBreak + units[u]
}
