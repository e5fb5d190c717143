package xmlscan

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"belvedere"
)

// errorf makes an error about what stands at an offset of the token.
func (s *Scanner) errorf(kind belvedere.Kind, offset int, says string) error {
	line, column := s.place(s.at() + int64(offset))
	what := "Le fichier XML est mal formé"
	if kind == belvedere.TooLarge {
		what = "Le fichier XML est refusé"
	}
	return belvedere.Errorf(kind, "%s", french(what+" (ligne "+number(line)+", colonne "+number(column)+") : "+says+
		" Exportez-le de nouveau depuis l’application d’origine, sans le modifier."))
}

// truncated refuses a document that ends too early.
func (s *Scanner) truncated() error {
	line, _ := s.place(s.total())
	if s.part == prolog && len(s.view()) == 0 {
		return belvedere.Errorf(belvedere.Invalid, "%s", french("Le fichier XML est vide : il ne contient aucune balise. Exportez-le de nouveau depuis l’application d’origine."))
	}
	says := "une balise n’y est pas finie"
	if name := s.innermost(); name != nil {
		says = "l’élément « " + excerpt(s.decodeName(name)) + " » n’y est pas fermé"
	}
	return belvedere.Errorf(belvedere.Invalid, "%s", french("Le fichier XML est tronqué : il s’arrête à la ligne "+number(line)+" et "+says+". Renvoyez-le en entier."))
}

// excerpt is a text of the file fit to be shown.
func excerpt(b []byte) string {
	const most = 60
	b = b[:min(len(b), 4*most)]
	s := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(string(b), string(utf8.RuneError)))
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return s
}

func hex(c byte) string { return fmt.Sprintf("0x%02X", c) }

// french puts the spaces of French typography.
func french(s string) string { return typography.Replace(s) }

var typography = strings.NewReplacer(" :", belvedere.NoBreak+":", " ;", belvedere.NarrowSpace+";",
	" ?", belvedere.NarrowSpace+"?", " !", belvedere.NarrowSpace+"!", " »", belvedere.NoBreak+"»", "« ", "«"+belvedere.NoBreak)

func number(n int64) string { return belvedere.FormatNumber(float64(n), 0) }

// sizeOf writes a number of bytes in the largest unit that keeps it whole.
func sizeOf(n int64) string {
	units := []string{"octets", "Kio", "Mio", "Gio"}
	u := 0
	for n >= 1024 && n%1024 == 0 && u < len(units)-1 {
		n, u = n/1024, u+1
	}
	return number(n) + belvedere.NoBreak + units[u]
}
