package pages

import (
	"belvedere/internal/admin"
	"belvedere/internal/web/parts"
)

// Territory is the settings of the territory.
type Territory struct {
	Frame      parts.Frame
	Done       string
	Form       admin.TerritoryForm
	Errors     parts.FieldErrors // of the settings
	LogoErrors parts.FieldErrors
	Trouble    string // said instead of saving: someone else was first
	Logo       string // address of the logo, "" for none
	Place      string // name as it is kept: what the logo says to who does not see it
	MostLogo   int64
}
