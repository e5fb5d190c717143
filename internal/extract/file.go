package extract

import (
	"archive/zip"
	"fmt"
	"io"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/export"
	"belvedere/internal/extract/lockedzip"
	"belvedere/internal/registry"
)

// aboutName is the member that says what the others are.
const aboutName = "A-PROPOS-DE-CET-EXTRAIT.txt"

// A form is how the file of an extract is packed: alone when it says itself what it is, else in an archive, under a
// passphrase when it was asked for.
type form struct {
	format    export.Format
	stem      string
	extension string
	mime      string
	packed    bool
	locked    bool
	made      time.Time
}

func fileOf(e registry.Extract, made time.Time) form {
	extension, mime, tells, _ := export.SheetFormat(export.Format(e.Format))
	f := form{format: export.Format(e.Format), extension: extension, mime: mime, packed: !tells || e.Encrypted, locked: e.Encrypted, made: made}
	f.stem = export.FileName(belvedere.Heading{FileStem: "extrait " + shortened(e.Label)}, belvedere.Receipt{Code: e.Code}, "")
	return f
}

func shortened(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60])
	}
	return s
}

// name is how the file is handed out.
func (f form) name() string {
	if f.packed {
		return f.stem + ".zip"
	}
	return f.stem + "." + f.extension
}

// contentType is its type for HTTP.
func (f form) contentType() string {
	if f.packed {
		return "application/zip"
	}
	return f.mime
}

// writeFile writes the file of an extract.
func writeFile(w io.Writer, f form, sheet export.Sheet, passphrase string) error {
	switch {
	case !f.packed:
		return export.WriteSheet(w, f.format, sheet)
	case f.locked:
		z := lockedzip.NewWriter(w, passphrase)
		if err := writeMembers(f, sheet, func(name string) (io.Writer, error) { return z.Create(name, f.made) }); err != nil {
			return err
		}
		return z.Close()
	}
	z := zip.NewWriter(w)
	err := writeMembers(f, sheet, func(name string) (io.Writer, error) {
		return z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: f.made})
	})
	if err != nil {
		return err
	}
	return z.Close()
}

func writeMembers(f form, sheet export.Sheet, create func(name string) (io.Writer, error)) error {
	w, err := create(f.stem + "." + f.extension)
	if err != nil {
		return err
	}
	if err := export.WriteSheet(w, f.format, sheet); err != nil {
		return err
	}
	if w, err = create(aboutName); err != nil {
		return err
	}
	_, err = io.WriteString(w, aboutText(sheet))
	return err
}

// aboutText says what an extract is, for the eyes of people.
func aboutText(sheet export.Sheet) string {
	var b strings.Builder
	b.WriteString("À PROPOS DE CET EXTRAIT\r\n\r\n")
	for _, a := range sheet.About {
		fmt.Fprintf(&b, "%s\u00a0: %s\r\n", a.Name, a.Value)
	}
	b.WriteString("\r\nColonnes\r\n")
	for _, c := range sheet.Columns {
		fmt.Fprintf(&b, "  %s\u00a0: %s\r\n", c.Name, c.Label)
	}
	return b.String()
}

// about is what each file says of itself: who has it, since when, why and until when. It is its visible mark.
func (s *Service) about(e registry.Extract, name string, c content) []belvedere.Attribute {
	out := []belvedere.Attribute{
		{Name: "Extrait", Value: e.Code}, {Name: "Contenu", Value: e.Label},
		{Name: "Remis à", Value: name + " (" + e.Login + ")"}, {Name: "Préparé le", Value: belvedere.DayMonthYear(s.Now().In(s.Zone))},
		{Name: "Finalité", Value: e.Purpose}, {Name: "Base légale", Value: BasisLabel(e.Basis)}, {Name: "Destinataires", Value: e.Recipients},
		{Name: "Copies à détruire", Value: "au plus tard le " + belvedere.DayMonthYear(s.until(s.Now(), e.Days).Add(-time.Hour).In(s.Zone))},
		{Name: "Lignes", Value: belvedere.FormatNumber(float64(c.rows), 0)},
	}
	out = append(out, c.about...)
	return append(out, belvedere.Attribute{Name: "Avertissement", Value: "Ce fichier est remis à une personne, pour cette finalité et ces destinataires seuls. Il porte des marques qui disent de quel extrait vient une copie."})
}
