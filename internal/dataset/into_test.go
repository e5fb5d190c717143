package dataset_test

import (
	"strings"
	"testing"

	"belvedere/catalog"
	"belvedere/internal/dataset"
	"belvedere/internal/territory/semantic"
)

const spending = "UAI;Situation au;Centre financier;Enveloppe;Budget ouvert;Engagements;Mandaté\n" +
	"9990500P;31/12/2025;Scolarité;Personnel;517 851,41 €;429 816,67 €;352 449,66 €\n" +
	"9990500P;31/12/2025;Scolarité;Fonctionnement;886 939,17 €;709 551,33 €;539 259,01 €\n" +
	"9990500P;31/12/2025;Direction;Investissement;1 063 132,53 €;648 510,84 €;460 442,69 €\n"

// A file that feeds a dataset finds its lists by their values, and what is chosen by its name gets the role
// that it has there: nobody has to know what a column is called inside.
func TestFileFeedsADataset(t *testing.T) {
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	s, err := dataset.Read(strings.NewReader(spending), int64(len(spending)), "budget.csv", "")
	if err != nil {
		t.Fatal(err)
	}
	p := dataset.Propose(m, s, "budget")
	for i, c := range p.Columns {
		if c.Header == "Enveloppe" && (c.Role != dataset.Dimension || c.Name != "nature_budget") {
			t.Errorf("the natures are proposed as %q %q", c.Role, c.Name)
		}
		switch c.Header {
		case "Mandaté":
			p.Columns[i].Name = "paye"
		case "Centre financier":
			p.Columns[i].Name = "service"
		}
	}
	p.Settle(m)
	var got []string
	for _, c := range p.Columns {
		got = append(got, string(c.Role)+" "+c.Name)
	}
	if p.Columns[6].Role != dataset.Measure || p.Columns[6].Unit != "€" || p.Columns[2].Role != dataset.Dimension || p.Columns[0].Role != dataset.KeySchool {
		t.Errorf("%q", got)
	}
	p.Columns[6].Name, p.Columns[6].Role = "autre", dataset.Measure
	if p.Settle(m); p.Columns[6].Role != dataset.Ignored {
		t.Errorf("what the dataset does not have is %q", p.Columns[6].Role)
	}
}
