package extract

import (
	"net/url"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/school/pseudonym"
)

// A Request is an extract as programs ask for it: by the API, and by the command line.
type Request struct {
	Indicators []string `json:"indicateurs,omitempty"` // of totals
	Lines      []string `json:"lignes,omitempty"`      // their dimensions
	School     string   `json:"etablissement,omitempty"`
	Rows       string   `json:"sorte,omitempty"`    // of rows of persons
	Columns    []string `json:"colonnes,omitempty"` // with their way: "naissance:tranche"
	Names      bool     `json:"identites,omitempty"`
	Where      []string `json:"filtres,omitempty"` // as ParseFilter reads them
	Purpose    string   `json:"finalite"`
	Basis      string   `json:"base,omitempty"`
	Recipients string   `json:"destinataires"`
	Days       int      `json:"jours,omitempty"`
	Format     string   `json:"format,omitempty"`
	Encrypted  bool     `json:"chiffre,omitempty"`
	Label      string   `json:"nom,omitempty"`
	Promise    bool     `json:"engagement,omitempty"` // to destroy the copies
	Rhythm     string   `json:"rythme,omitempty"`     // of a regular extract
	Place      string   `json:"lieu,omitempty"`
}

// Spec is what a request asks.
func (r Request) Spec() (x Spec, err error) {
	x = Spec{Kind: Totals, Purpose: strings.TrimSpace(r.Purpose), Basis: r.Basis, Recipients: strings.TrimSpace(r.Recipients), Days: r.Days, Format: r.Format, Encrypted: r.Encrypted, Label: strings.TrimSpace(r.Label)}
	if x.Basis == "" {
		x.Basis = "mission"
	}
	if x.Days == 0 {
		x.Days = 30
	}
	if x.Format == "" {
		x.Format = "csv"
	}
	if (r.Rows != "") == (len(r.Indicators) > 0) {
		return x, belvedere.Errorf(belvedere.Invalid, "Donnez des indicateurs pour des totaux, ou un établissement et une sorte pour des lignes de personnes.")
	}
	if r.Rows == "" {
		x.State, err = r.state()
		return x, err
	}
	x.Kind = Persons
	x.Order = pseudonym.Order{School: belvedere.UAI(strings.ToUpper(r.School)), Kind: r.Rows, Names: r.Names}
	for _, c := range r.Columns {
		name, way, chosen := strings.Cut(c, ":")
		x.Order.Columns = append(x.Order.Columns, name)
		if chosen {
			if x.Order.Coarse == nil {
				x.Order.Coarse = map[string]pseudonym.Coarse{}
			}
			if way == "telle-quelle" {
				way = ""
			}
			x.Order.Coarse[name] = pseudonym.Coarse(way)
		}
	}
	for _, w := range r.Where {
		one, err := ParseFilter(w)
		if err != nil {
			return x, err
		}
		x.Order.Where = append(x.Order.Where, one)
	}
	return x, nil
}

// state is the state of the explorer that totals are.
func (r Request) state() (string, error) {
	v := url.Values{"indicateurs": {strings.Join(r.Indicators, ",")}, "lignes": {strings.Join(r.Lines, ",")}}
	for _, w := range r.Where {
		name, values, found := strings.Cut(w, "=")
		if !found {
			return "", belvedere.Errorf(belvedere.Invalid, "Le filtre «\u00a0%s\u00a0» doit s’écrire dimension=valeur, ou dimension!=valeur.", w)
		}
		switch drop, not := strings.CutSuffix(name, "!"); {
		case not:
			v.Set("sauf."+drop, strings.ReplaceAll(values, "|", ","))
		case name == "annee" || name == "depuis" || name == "periode" || name == "du" || name == "au":
			v.Set(name, values)
		default:
			v.Set("filtre."+name, strings.ReplaceAll(values, "|", ","))
		}
	}
	return v.Encode(), nil
}

// Form asks for a regular extract.
func (r Request) Form() (ScheduleForm, error) {
	x, err := r.Spec()
	f := ScheduleForm{Label: x.Label, Spec: &x, Rhythm: r.Rhythm, Place: r.Place}
	if f.Label == "" {
		f.Label = x.Purpose
	}
	return f, err
}

// A Printed is an extract as programs read it: nothing of its rows, of its keys or of its passphrase.
type Printed struct {
	ID         int64         `json:"numero"`
	Code       string        `json:"code"`
	State      string        `json:"etat"`
	Login      string        `json:"compte"`
	Label      string        `json:"contenu"`
	School     belvedere.UAI `json:"etablissement,omitempty"`
	Identities bool          `json:"identites"`
	Purpose    string        `json:"finalite"`
	Basis      string        `json:"base"`
	Recipients string        `json:"destinataires"`
	Days       int           `json:"jours"`
	Format     string        `json:"format"`
	Encrypted  bool          `json:"chiffre"`
	Done       int64         `json:"lignes_faites"`
	Total      int64         `json:"lignes_prevues"`
	Rows       int64         `json:"lignes"`
	Bytes      int64         `json:"octets"`
	SHA256     string        `json:"sha256,omitempty"`
	Receipt    string        `json:"recu,omitempty"`
	Expires    string        `json:"expire,omitempty"`
	Due        string        `json:"copies_a_detruire,omitempty"` // last day
	Downloads  int           `json:"telechargements"`
	Flagged    string        `json:"signale,omitempty"`
	Error      string        `json:"erreur,omitempty"`
}

// Print is an extract for programs.
func (s *Service) Print(e registry.Extract) Printed {
	p := Printed{ID: e.ID, Code: e.Code, State: string(e.State), Login: e.Login, Label: e.Label, School: e.School, Identities: e.Identities, Purpose: e.Purpose, Basis: e.Basis, Recipients: e.Recipients,
		Days: e.Days, Format: e.Format, Encrypted: e.Encrypted, Done: e.Done, Total: e.Total, Rows: e.Rows, Bytes: e.Bytes, SHA256: e.SHA256, Receipt: e.Receipt, Downloads: e.Downloads, Flagged: e.Flagged, Error: e.Error}
	if e.State.HasFile() {
		p.Expires = e.Expires.UTC().Format(time.RFC3339)
	}
	if !e.Due.IsZero() {
		p.Due = e.Due.Add(-time.Hour).In(s.Zone).Format(time.DateOnly)
	}
	return p
}

// A PrintedSize is an Estimate as programs read it.
type PrintedSize struct {
	Label    string `json:"contenu"`
	Rows     int64  `json:"lignes"`
	People   int64  `json:"personnes,omitempty"`
	Bytes    int64  `json:"octets"`
	Risk     string `json:"risque,omitempty"`
	TooLarge string `json:"trop_grand,omitempty"`
}

// Printed is an estimate for programs.
func (e Estimate) Printed() PrintedSize {
	p := PrintedSize{Label: e.Label, Rows: e.Rows, People: e.People, Bytes: e.Bytes, TooLarge: e.TooLarge}
	if e.Risk != nil && !e.Risk.Named {
		p.Risk = RiskWords(*e.Risk)
	}
	return p
}
