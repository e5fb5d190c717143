package report

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// CatalogCSV writes the indicators of the annex, then their details, one line each: the texts
// as printed in the annex, then the code and the expressions of the catalogue. Texts pass through guard: people
// name datasets too, and no name may run as a formula.
func CatalogCSV(w io.Writer, m *belvedere.Model, guard func(string) string) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"n", "code", "thematique", "intitule", "description", "unite1", "unite2", "millesime", "destinataires", "base", "valeur", "taux_numerateur", "taux_denominateur"}); err != nil {
		return err
	}
	for _, i := range m.Indicators {
		num, den := "", ""
		if i.Rate != nil {
			num, den = semantic.Text(i.Rate.Num), semantic.Text(i.Rate.Den)
		}
		n := strconv.Itoa(i.Number)
		if i.Number == 0 {
			n = ""
		}
		row := []string{n, i.Code, i.Theme, i.Label, i.Definition, i.Unit1, i.Unit2, i.Since, i.Recipients, i.LegalBasis}
		for at, text := range row {
			if strings.Trim(text, "-") != "" { // the annex prints "---" for nothing
				row[at] = guard(text)
			}
		}
		if err := out.Write(append(row, semantic.Text(i.Value), num, den)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// catalogIndicator is an indicator as the API writes it.
type catalogIndicator struct {
	Number     int          `json:"n,omitempty"`
	Of         int          `json:"detail_de,omitempty"`
	Code       string       `json:"code"`
	Theme      string       `json:"thematique"`
	Label      string       `json:"intitule"`
	Definition string       `json:"description"`
	Unit1      string       `json:"unite1"`
	Unit2      string       `json:"unite2"`
	Since      string       `json:"millesime"`
	Recipients string       `json:"destinataires"`
	LegalBasis string       `json:"base"`
	Unit       string       `json:"unite,omitempty"`
	Value      string       `json:"valeur,omitempty"`
	Rate       *catalogRate `json:"taux,omitempty"`
	Members    []string     `json:"membres,omitempty"`
	By         []string     `json:"par,omitempty"`
}

type catalogRate struct {
	Label string `json:"intitule"`
	Num   string `json:"numerateur"`
	Den   string `json:"denominateur"`
}

// CatalogJSON writes the same as an object with the version of the definitions.
func CatalogJSON(w io.Writer, m *belvedere.Model) error {
	list := make([]catalogIndicator, 0, len(m.Indicators))
	for _, i := range m.Indicators {
		c := catalogIndicator{
			Number: i.Number, Of: i.Of, Code: i.Code, Theme: i.Theme, Label: i.Label, Definition: i.Definition,
			Unit1: i.Unit1, Unit2: i.Unit2, Since: i.Since, Recipients: i.Recipients, LegalBasis: i.LegalBasis,
			Unit: i.Unit, Value: semantic.Text(i.Value), Members: i.Members, By: i.By,
		}
		if i.Rate != nil {
			c.Rate = &catalogRate{i.Rate.Label, semantic.Text(i.Rate.Num), semantic.Text(i.Rate.Den)}
		}
		list = append(list, c)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{"version": m.Version, "indicateurs": list})
}
