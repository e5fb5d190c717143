package directory

import (
	"archive/zip"
	"cmp"
	"io"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/export"
)

// PDF writes the letters, each on pages of its own.
func (run Run) PDF(w io.Writer) error {
	m := export.Mail{Title: run.Title, At: run.At}
	for _, l := range run.Letters {
		out := export.Letter{Tag: l.tag(), Sender: l.Sender, To: l.To, Date: "Le " + belvedere.LongDate(run.At)}
		for i, t := range l.Texts {
			if i > 0 {
				out.Blocks = append(out.Blocks, export.Block{Rule: true})
			}
			out.Blocks = append(out.Blocks, export.Block{Subject: t.Subject})
			for line := range strings.SplitSeq(t.Body, "\n") {
				switch line = strings.TrimSpace(line); line {
				case "":
				case accessField:
					out.Blocks = append(out.Blocks, export.Block{Words: l.words()})
				default:
					out.Blocks = append(out.Blocks, export.Block{Text: line})
				}
			}
		}
		m.Letters = append(m.Letters, out)
	}
	return export.Letters(w, m)
}

// words are the table of the accesses of a letter.
func (l Letter) words() [][]string {
	rows := [][]string{{"Nom", "Identifiant", "Code d’activation"}}
	for _, a := range l.Access {
		rows = append(rows, []string{a.Name, a.Login, cmp.Or(a.Code, alreadyOpen)})
	}
	return rows
}

// mostAccess is how many adults of a household the mail merge has columns for at least.
const mostAccess = 2

// CSV writes the letters for a mail merge: a line each, in the order of handing out.
func (run Run) CSV(w io.Writer) error {
	most := mostAccess
	for _, l := range run.Letters {
		most = max(most, len(l.Access))
	}
	return export.Lines(w, func(yield func([]string) bool) {
		head := []string{"division", "eleve", "eleves", "destinataire", "adresse1", "adresse2", "adresse3", "adresse4", "adresse5", "adresse6", "etablissement", "annee", "expiration"}
		for i := range most {
			n := strconv.Itoa(i + 1)
			head = append(head, "nom"+n, "identifiant"+n, "code"+n)
		}
		if !yield(head) {
			return
		}
		for _, l := range run.Letters {
			if !yield(run.line(l, most)) {
				return
			}
		}
	})
}

func (run Run) line(l Letter, most int) []string {
	line := []string{l.Division, l.Pupil, l.values["eleves"], l.values["destinataire"]}
	place := l.To[min(len(l.Access), len(l.To)):] // names come first, one for each access
	for i := range 6 {
		if i < len(place) {
			line = append(line, place[i])
		} else {
			line = append(line, "")
		}
	}
	line = append(line, run.School, run.Year.String(), belvedere.ShortDate(run.Expires))
	for i := range most {
		if i < len(l.Access) {
			line = append(line, l.Access[i].Name, l.Access[i].Login, cmp.Or(l.Access[i].Code, alreadyOpen))
		} else {
			line = append(line, "", "", "")
		}
	}
	return line
}

// Both writes an archive with the letters and the file of the mail merge: the same codes in both.
func (run Run) Both(w io.Writer) error {
	z := zip.NewWriter(w)
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{{"courriers.pdf", run.PDF}, {"publipostage.csv", run.CSV}} {
		part, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: run.At})
		if err == nil {
			err = f.write(part)
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}

// Write writes the letters in a format: "pdf", "csv", or "zip" for both.
func (run Run) Write(format string, w io.Writer) error {
	switch format {
	case "pdf":
		return run.PDF(w)
	case "csv":
		return run.CSV(w)
	case "zip":
		return run.Both(w)
	}
	return belvedere.Errorf(belvedere.Invalid, "« %s » n’est pas un format de courriers\u00a0: pdf, csv ou zip.", format)
}
