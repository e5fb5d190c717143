package pages

import (
	"strconv"

	"belvedere"
	"belvedere/internal/dataset"
	"belvedere/internal/mapping"
	"belvedere/internal/registry"
	"belvedere/internal/web/parts"
)

// Datasets is the list of what the catalogue holds, whoever declared it.
type Datasets struct {
	Frame parts.Frame
	List  []DatasetLine
	Done  string
}

// A DatasetLine is one dataset in the list.
type DatasetLine struct {
	Name, Label, Doc string
	Counts           string // kind and grain, in words
	Forms            int
	Owner            string // who declared it in the product, "" for the folders of the catalogue
	Deliveries       int
}

// A DatasetSheet is one dataset with what was declared of it.
type DatasetSheet struct {
	Frame      parts.Frame
	Dataset    *belvedere.Dataset
	Counts     string
	Forms      []*belvedere.Form
	Indicators []*belvedere.Indicator
	Declared   []registry.Declaration // in the product, last revisions
	Last       []belvedere.Delivery
	Errors     parts.FieldErrors
	Reason     string
	Done       string
}

// A DatasetDrop asks for a file.
type DatasetDrop struct {
	Frame    parts.Frame
	Datasets []parts.Option
	Into     string
	Most     int64
	Errors   parts.FieldErrors
}

// A Mapping is what is said of a file that waits.
type Mapping struct {
	Frame          parts.Frame
	Address        string
	Sample         *dataset.Sample
	Plan           *dataset.Plan
	IntoLabel      string
	Own            []parts.Option // columns of the dataset that the file feeds
	Columns        []MappingColumn
	Correspondence string // names that stand for schools, to look over; "" when none is needed
	AskSchools     bool
	Themes         []parts.Option
	Widgets        []parts.Option
	Lists          []parts.Option
	Weights        []parts.Option
	Trial          *dataset.Trial
	Bundle         string
	Errors         parts.FieldErrors
}

// A MappingColumn is one column with what it seems to be.
type MappingColumn struct {
	Index   int
	Seen    mapping.Seen
	Said    dataset.Column
	Looks   string
	Refused string
	Fault   string
}

// Field is the name of a field of the column.
func (c MappingColumn) Field(name string) string { return name + strconv.Itoa(c.Index) }

// roleOptions are what a column may be.
func roleOptions() (out []parts.Option) {
	for _, r := range dataset.Roles {
		out = append(out, parts.Option{Value: string(r), Label: r.Label()})
	}
	return out
}

var addsOptions = []parts.Option{
	{Value: dataset.Adds, Label: "S’additionne (nombre, montant)"},
	{Value: dataset.Weighted, Label: "Moyenne pondérée par une colonne"},
	{Value: dataset.Simple, Label: "Moyenne simple des lignes"},
}

var kindOptions = []parts.Option{
	{Value: string(belvedere.Flow), Label: "Des événements d’une période : ils s’additionnent dans le temps"},
	{Value: string(belvedere.Stock), Label: "Un état à une date : le dernier compte"},
}

var secrecyOptions = []parts.Option{
	{Value: "aucun", Label: "Aucun : données publiques, ou qui ne comptent pas des personnes"},
	{Value: "5", Label: "Moins de 5 personnes"},
	{Value: "10", Label: "Moins de 10 personnes"},
}

var repeatOptions = []parts.Option{
	{Value: "erreur", Label: "Le fichier est refusé"},
	{Value: "somme", Label: "Elles s’additionnent"},
	{Value: "premier", Label: "La première compte"},
}

// figure writes a sum of a preview.
func figure(f dataset.Figure, v float64) string {
	decimals := 0
	if f.Decimal && v != float64(int64(v)) {
		decimals = 2
	}
	return belvedere.FormatNumber(v, decimals) + belvedere.NoBreak + f.Unit
}

// yearSum is the sum of a school year.
func yearSum(f dataset.Figure, y belvedere.SchoolYear) string {
	v, there := f.Years[y]
	if !there {
		return "–"
	}
	return figure(f, v)
}

// DatasetAddress is the page of a dataset.
func DatasetAddress(name string) string { return "/jeux/" + name }

// sampleFormat says how a file was read.
func sampleFormat(s *dataset.Sample) string {
	f := s.Format
	words := map[string]string{"csv": "CSV", "ndjson": "NDJSON", "xlsx": "classeur Excel"}[string(f.Kind)]
	if f.Kind == "csv" {
		words += ", " + f.Encoding.Label()
		switch f.Delimiter {
		case ';':
			words += ", point-virgule"
		case ',':
			words += ", virgule"
		case '\t':
			words += ", tabulation"
		case '|':
			words += ", barre verticale"
		}
	}
	return words
}
