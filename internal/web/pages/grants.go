package pages

import (
	"strconv"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/web/parts"
)

// Grants is the list of what people may do beyond the rights of their accounts.
type Grants struct {
	Frame   parts.Frame
	List    []admin.GrantView
	States  []parts.Link
	Login   string // "": of all
	Manages bool   // the reader gives and takes back
	Done    string
}

// A Grant is the form of a new one.
type Grant struct {
	Frame  parts.Frame
	Form   admin.GrantForm
	Errors parts.FieldErrors
	People []parts.Option // nil: too many to list
	Menus  []WidgetMenu
	Picker Picker

	Members MemberPicker
}

// A GrantAct is the question before a grant ends or goes on.
type GrantAct struct {
	Frame  parts.Frame
	Grant  admin.GrantView
	Action string
	Revoke bool
	Value  string // reason or last day, as typed
	Errors parts.FieldErrors
}

func grantAddress(id int64, act string) string {
	return "/administration/habilitations/" + strconv.FormatInt(id, 10) + "/" + act
}

func grantStateClass(s admin.GrantState) string {
	switch s {
	case admin.GrantEnding, admin.GrantToCome:
		return "state-word running"
	case admin.GrantEnded, admin.GrantRevoked:
		return "state-word refused"
	}
	return "state-word"
}

// grantEnd says until when a grant holds, or when it ended.
func grantEnd(g admin.GrantView) string {
	if g.State == admin.GrantRevoked {
		return belvedere.ShortDate(g.Revoked)
	}
	return belvedere.ShortDate(g.LastDay)
}

func grantScope(f admin.GrantForm) string {
	if f.AllSchools {
		return "tous"
	}
	return "choisis"
}

// CapabilityOptions and LevelOptions are the choices of forms about grants.
var (
	CapabilityOptions = []parts.Option{
		{Value: "", Label: "Lecteur : lit les rapports, pour les rubriques et établissements ci-dessous"},
		{Value: string(belvedere.Author), Label: "Auteur : compose ses requêtes, formules et tableaux de bord"},
		{Value: string(belvedere.Extractor), Label: "Extracteur : emporte des données dans des fichiers"},
		{Value: string(belvedere.DataOfficer), Label: "Responsable des données : répond aux demandes, déclare des fichiers, vérifie ce que d’autres partagent"},
	}
	LevelOptions = []parts.Option{
		{Value: string(belvedere.Totals), Label: "Agrégats : des chiffres, jamais de lignes de personnes"},
		{Value: string(belvedere.Pseudonyms), Label: "Personnes : une ligne par personne, sous pseudonyme (extracteur)"},
		{Value: string(belvedere.Identities), Label: "Identités : noms compris, par une demande approuvée aussi par la personne déléguée à la protection des données"},
	}
)

func eitherLevel(level string) string {
	if level == "" {
		return string(belvedere.Totals)
	}
	return level
}
