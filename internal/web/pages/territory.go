package pages

import (
	"strconv"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/web/parts"
)

// Territory is the settings of the territory.
type Territory struct {
	Frame      parts.Frame
	Done       string
	Form       admin.TerritoryForm
	Errors     parts.FieldErrors // of the settings
	Sections   []MenuSection
	LogoErrors parts.FieldErrors
	Trouble    string // said instead of saving: someone else was first
	Logo       string // address of the logo, "" for none
	Place      string // name as it is kept: what the logo says to who does not see it
	MostLogo   int64
}

// A MenuSection is a section of the console, in the menu or not.
type MenuSection struct {
	Code, Label string
	Shown       bool
}

// binarySize writes a limit in the units that messages say: "512 Kio", "2 Mio".
func binarySize(n int64) string {
	if n >= 1<<20 && n%(1<<20) == 0 {
		return strconv.FormatInt(n>>20, 10) + belvedere.NoBreak + "Mio"
	}
	return strconv.FormatInt(n>>10, 10) + belvedere.NoBreak + "Kio"
}
