package export

import (
	"archive/zip"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"belvedere"
)

// A Dashboard is a page of several results as a file: the whole of it in print, one sheet or one
// file for each element otherwise.
type Dashboard struct {
	Heading     belvedere.Heading
	Description string
	Edition     belvedere.Edition
	Model       *belvedere.Model
	Parts       []Part
}

// A Part is one element of a dashboard.
type Part struct {
	Name   string
	Text   string  // of a text
	Figure *Figure // of a figure
	Chart  string  // "lignes", "barres", "empilees": how its table is drawn, "" as a table
	Table  Table   // Result nil: a text, a heading, or a part that failed
	Titled bool    // a heading over what follows
	Err    string  // in the place of figures
	Notes  []string
	Width  int // of belvedere.TileColumns
	Height int // steps, 0 as its content asks

	plain *belvedere.Result // without the columns of a comparison, for drawings
}

// A Figure is a number with what stands around it.
type Figure struct {
	Column    belvedere.ResultColumn
	Cell      belvedere.Cell
	Change    string // "−304 (−0,7 %)"
	ChangeSay string // "en baisse sur un an"
	Coverage  string
	Trend     []belvedere.Cell
}

// DashboardFormats are the formats of dashboards: csv is an archive of one file for each element.
var DashboardFormats = []Format{FormatCSV, FormatXLSX, FormatPDF}

// WriteDashboard writes a dashboard in a format.
func WriteDashboard(w io.Writer, f Format, d Dashboard) (err error) {
	defer belvedere.Wrap(&err, "export.WriteDashboard(%s)", f)
	for i := range d.Parts {
		if r := d.Parts[i].Table.Result; r != nil {
			d.Parts[i].plain, d.Parts[i].Table.Result = r, r.Spread()
		}
	}
	switch f {
	case FormatCSV:
		return dashboardZIP(w, d)
	case FormatXLSX:
		return dashboardXLSX(w, d)
	case FormatPDF:
		return dashboardPDF(w, d)
	}
	return belvedere.Errorf(belvedere.Invalid, "format inconnu\u00a0: un tableau de bord s’écrit en csv, xlsx ou pdf")
}

// DashboardFile is the type and the name of such a file.
func DashboardFile(f Format, d Dashboard) (contentType, name string) {
	stem := slug(d.Heading.Title + " " + d.Heading.Selection)
	if stem == "" {
		stem = "tableau-de-bord"
	}
	if len(stem) > 120 {
		stem = strings.TrimRight(stem[:120], "-")
	}
	if d.Edition.Number > 0 {
		stem += "-edition-" + strconv.Itoa(d.Edition.Number)
	}
	if f == FormatCSV {
		return "application/zip", stem + ".zip"
	}
	return f.ContentType(), stem + "." + f.Extension()
}

// dashboardZIP writes one CSV for each element with figures, and what they are.
func dashboardZIP(out io.Writer, d Dashboard) error {
	z := zip.NewWriter(out)
	create := func(name string) (io.Writer, error) {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		if !d.Heading.At.IsZero() {
			h.Modified = d.Heading.At.UTC().Truncate(2 * time.Second)
		}
		return z.CreateHeader(h)
	}
	for i, p := range d.Parts {
		if p.Table.Result == nil {
			continue
		}
		stem := slug(p.Name)
		if len(stem) > 60 {
			stem = strings.TrimRight(stem[:60], "-")
		}
		w, err := create(strings.TrimSuffix(fmt.Sprintf("%02d-%s", i+1, stem), "-") + ".csv")
		if err != nil {
			return err
		}
		if err := CSV(w, p.Table); err != nil {
			return err
		}
	}
	w, err := create("a-propos.txt")
	if err != nil {
		return err
	}
	for _, a := range aboutDashboard(d) {
		if _, err := fmt.Fprintf(w, "%s\u00a0: %s\r\n", a.Name, a.Value); err != nil {
			return err
		}
	}
	return z.Close()
}

// aboutDashboard is what makes the figures traceable, in the order of reading.
func aboutDashboard(d Dashboard) []belvedere.Attribute {
	h := d.Heading
	var out []belvedere.Attribute
	add := func(name, value string) {
		if value = clean(value); value != "" {
			out = append(out, belvedere.Attribute{Name: name, Value: value})
		}
	}
	add("Titre", h.Title)
	add("Description", d.Description)
	add("Sélection", h.Selection)
	add("Période", h.Period)
	add("Territoire", h.Territory)
	for _, f := range h.Filters {
		add("Filtre\u00a0: "+clean(f.Name), f.Value)
	}
	add("Édition", editionText(d.Edition))
	add("Produit le", moment(h.At))
	for i, p := range d.Parts {
		name := strconv.Itoa(i+1) + ". " + clean(p.Name)
		switch r := p.Table.Result; {
		case p.Err != "":
			add(name, p.Err)
		case r != nil:
			text := p.Table.Heading.Title
			if c := coverageText(r.Coverage); c != "" {
				text += ". " + c
			}
			if r.Receipt.Code != "" {
				text += ". Reçu " + r.Receipt.Code + " (" + address(p.Table) + ")"
			}
			add(name, text)
		case p.Text != "":
			add(name, p.Text)
		}
		for _, n := range p.Notes {
			add(name+", à savoir", n)
		}
	}
	add("Sources", h.Credit)
	return out
}
