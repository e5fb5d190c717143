package pages

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/auth"
	"belvedere/internal/registry"
	"belvedere/internal/web/parts"
)

// Account is « Mon compte ».
type Account struct {
	Frame   parts.Frame
	Tabs    []parts.Link
	Account registry.Account
	Flash   string
	Zone    *time.Location
}

// Prove asks for the password again.
type Prove struct {
	Frame       parts.Frame
	Login       string
	Back        string
	HasPassword bool
	Errors      parts.FieldErrors
}

// NewEmail asks for another address.
type NewEmail struct {
	Frame   parts.Frame
	Current string
	Typed   string
	Errors  parts.FieldErrors
}

// NewPassword asks for another password.
type NewPassword struct {
	Frame       parts.Frame
	Login       string
	HasPassword bool
	Rules       []string
	Errors      parts.FieldErrors
}

// Security is what an account proves itself with.
type Security struct {
	Frame    parts.Frame
	Tabs     []parts.Link
	Has      auth.Security
	Here     string // hash of the session that asks
	Flash    string
	Zone     *time.Location
	Passkeys bool // they work at this address
}

// App proposes the secret of an application of codes.
type App struct {
	Frame     parts.Frame
	Enrolment auth.Enrolment
	Errors    parts.FieldErrors
}

// Codes shows recovery codes once.
type Codes struct {
	Frame  parts.Frame
	Codes  []string
	Sealed string
}

// Rights is what the reader may see.
type Rights struct {
	Frame      parts.Frame
	Tabs       []parts.Link
	Admin      bool
	Auditor    bool
	School     bool
	AllSchools bool
	Menus      []RightsMenu
	Schools    []RightsSchool
	Grants     []admin.GrantView
	Limit      string // members to which the rights of the account are limited, "" for none
	HasGrants  bool   // the console gives grants
}

// A RightsMenu is a menu with its widgets, open or not.
type RightsMenu struct {
	Label   string
	Widgets []RightsWidget
}

// A RightsWidget is open or not.
type RightsWidget struct {
	Label string
	Open  bool
}

// A RightsSchool is a school of one's own scope.
type RightsSchool struct{ UAI, Name string }

// at writes a moment in the zone of the territory, "jamais" for none.
func at(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "jamais"
	}
	return moment(t.In(zone))
}

// keyID names a passkey in a form.
func keyID(k registry.Passkey) string { return base64.RawURLEncoding.EncodeToString(k.Credential) }

// browserName says in a word or two which browser opened a session; the rest of what it says of
// itself helps nobody.
func browserName(agent string) string {
	name := "Navigateur inconnu"
	for _, b := range [][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}} {
		if strings.Contains(agent, b[0]) {
			name = b[1]
			break
		}
	}
	for _, s := range [][2]string{{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}} {
		if strings.Contains(agent, s[0]) {
			return name + ", " + s[1]
		}
	}
	return name
}

// qrPath draws the dark modules of a code as one path, each a square of side 1.
func qrPath(rows []string) string {
	var b strings.Builder
	for y, row := range rows {
		for x := range len(row) {
			if row[x] == '1' {
				b.WriteString("M" + number(x) + " " + number(y) + "h1v1h-1z")
			}
		}
	}
	return b.String()
}

// qrBox frames it with the four modules of quiet that readers want.
func qrBox(rows []string) string {
	n := number(len(rows) + 8)
	return "-4 -4 " + n + " " + n
}

// roleWords says what an account is.
func roleWords(a registry.Account) string {
	var words []string
	if a.Admin {
		words = append(words, "administrateur de la console")
	}
	if a.Auditor {
		words = append(words, "protection des données")
	}
	if a.Place == registry.InSchool {
		words = append(words, "personnel d’établissement")
	} else if !a.Admin {
		words = append(words, "personnel de la collectivité")
	}
	return parts.Capital(strings.Join(words, ", "))
}

func openCount(m RightsMenu) string {
	n := 0
	for _, w := range m.Widgets {
		if w.Open {
			n++
		}
	}
	return belvedere.FormatNumber(float64(n), 0) + " sur " + belvedere.FormatNumber(float64(len(m.Widgets)), 0)
}

func number(n int) string { return strconv.Itoa(n) }
