package board

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/school/vault"
	"belvedere/internal/source/record"
)

// A Dropped is a file as it came.
type Dropped struct {
	Name string
	Data []byte
}

// A Piece is a file as it was recognised.
type Piece struct {
	Name   string
	Format string // code
	Label  string
	Head   record.Head
}

// A plan is what is to be imported, in order.
type plan struct {
	year    belvedere.SchoolYear
	pieces  []Piece
	skipped []string // French: what is not read, and why
	files   []vault.File
}

// order is the one in which sources are read when they come together: what others refer to first.
// Formats that are not named come after, by code.
var order = []string{
	"sts_emp", "siecle_nomenclature", "siecle_communs", "siecle_structures", "siecle_eleves", "siecle_responsables",
	"aaf", "onde_eleves", "onde_responsables", "onde_enseignants", "emp_sts", "edt_cours", "edt_eleves", "udt_cours",
}

// place is the rank of a format in the order.
func place(format string) int {
	if i := slices.Index(order, format); i >= 0 {
		return i
	}
	if strings.HasPrefix(format, "aaf") {
		return slices.Index(order, "aaf")
	}
	return len(order)
}

// inParts tells the formats whose whole may be several files.
func inParts(format string) bool {
	return strings.HasPrefix(format, "aaf") || isLog(format)
}

// isLog tells the formats of logs of connections.
func isLog(format string) bool { return format == "journal" || strings.HasPrefix(format, "moodle") }

// errHead ends the reading of a file once its head is known.
var errHead = errors.New("board: the head is enough")

// A peek keeps the head of a file.
type peek struct{ head record.Head }

func (p *peek) Head(h record.Head) error    { p.head = h; return errHead }
func (p *peek) Record(record.Record) error  { return errHead }
func (p *peek) Fault(belvedere.Fault) error { return nil }

// headOf reads no further than the head.
func headOf(part Part) (record.Head, error) {
	var p peek
	if err := part.Read(&p); err != nil && !errors.Is(err, errHead) {
		return p.head, err
	}
	return p.head, nil
}

// A readPart is a part with its head.
type readPart struct {
	Part
	head record.Head
}

// plan recognises files, refuses what does not belong to the school or to one year, and puts them
// in order. A year of 0 is the one that the files say.
func (s *Service) plan(uai belvedere.UAI, year belvedere.SchoolYear, files []Dropped, by string) (p plan, err error) {
	if len(files) == 0 {
		return p, belvedere.Errorf(belvedere.Invalid, "Choisissez au moins un fichier.")
	}
	parts, troubles, err := s.recogniseAll(&p, files)
	if err != nil {
		return p, err
	}
	slices.SortStableFunc(parts, func(a, b readPart) int {
		return cmp.Or(cmp.Compare(place(a.Format.Code), place(b.Format.Code)), cmp.Compare(a.Format.Code, b.Format.Code), cmp.Compare(a.Name, b.Name))
	})
	p.year = year
	troubles = append(troubles, p.agree(uai, parts)...)
	parts, more := p.single(parts)
	troubles = append(troubles, more...)
	if len(parts) == 0 {
		troubles = append(troubles, p.skipped...)
	}
	if len(troubles) > 0 {
		return p, belvedere.Errorf(belvedere.Invalid, "%s", strings.Join(troubles, " "))
	}
	p.gather(parts, by)
	return p, nil
}

// said is the message about a file, which names it.
func said(name string, err error) string {
	text := belvedere.Message(err)
	if !strings.Contains(text, name) {
		text = name + "\u00a0: " + text
	}
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

// named says of which file an error is, unless it is ours or says so.
func named(name string, err error) error {
	if kind := belvedere.KindOf(err); kind == belvedere.Invalid && !strings.Contains(belvedere.Message(err), name) {
		return belvedere.WrapError(kind, err, "%s", said(name, err))
	}
	return err
}

// recogniseAll opens all files; troubles are what each person who sent one must know.
func (s *Service) recogniseAll(p *plan, files []Dropped) (parts []readPart, troubles []string, err error) {
	seen := map[string]bool{}
	for _, f := range files {
		list, skipped, err := s.recognise(f)
		if err != nil && belvedere.KindOf(err) == belvedere.Internal {
			return nil, nil, err
		}
		if err != nil {
			troubles = append(troubles, said(f.Name, err))
			continue
		}
		p.skipped = append(p.skipped, skipped...)
		for _, part := range list {
			if key := part.Format.Code + part.SHA256; !seen[key] { // the same bytes twice are once
				seen[key] = true
				parts = append(parts, part)
			}
		}
	}
	return parts, troubles, nil
}

// recognise opens one file and reads the heads of its parts.
func (s *Service) recognise(f Dropped) (list []readPart, skipped []string, err error) {
	parts, skipped, err := s.Open(f.Name, f.Data)
	if err != nil {
		return nil, nil, err
	}
	for _, part := range parts {
		head, err := headOf(part)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, readPart{part, head})
	}
	return list, skipped, nil
}

// agree checks that all are of the school and of one year.
func (p *plan) agree(uai belvedere.UAI, parts []readPart) (troubles []string) {
	for _, part := range parts {
		if part.head.School != "" && part.head.School != uai {
			troubles = append(troubles, said(part.Name, belvedere.Errorf(belvedere.Conflict,
				"ce fichier est celui de l’établissement %s, non de %s", part.head.School, uai)))
		}
		said := belvedere.SchoolYear(part.head.Year)
		if said != 0 && p.year == 0 {
			p.year = said
		}
	}
	for _, part := range parts {
		if y := belvedere.SchoolYear(part.head.Year); y != 0 && y != p.year {
			troubles = append(troubles, said(part.Name, belvedere.Errorf(belvedere.Conflict,
				"ce fichier est de l’année scolaire %s, non de %s. De mai à août, vérifiez si l’export vient de la base de l’année en cours ou de la préparation de rentrée, puis déposez-le sur le tableau de son année", y, p.year)))
		}
	}
	return troubles
}

// single keeps one file of each format that is not made of parts: the latest export, or the XML
// rather than its twin as a table. When nothing tells them apart, which one holds is not ours to say.
func (p *plan) single(parts []readPart) (kept []readPart, troubles []string) {
	for _, part := range parts {
		last := len(kept) - 1
		if last < 0 || kept[last].Format.Code != part.Format.Code || inParts(part.Format.Code) {
			kept = append(kept, part)
			continue
		}
		better, left, why := choose(kept[last], part)
		if why == "" {
			troubles = append(troubles, "Deux fichiers différents sont de la même sorte («\u00a0"+part.Format.Label+"\u00a0»)\u00a0: "+kept[last].Name+" et "+part.Name+". N’en gardez qu’un.")
			continue
		}
		kept[last] = better
		p.skipped = append(p.skipped, left.Name+"\u00a0: "+why+" "+better.Name+".")
	}
	return kept, troubles
}

// choose tells which of two files of one format holds, and why in French; why is "" when nothing tells.
func choose(a, b readPart) (better, left readPart, why string) {
	switch {
	case a.head.Exported.After(b.head.Exported):
		return a, b, "plus ancien que"
	case b.head.Exported.After(a.head.Exported):
		return b, a, "plus ancien que"
	case isXML(a) && !isXML(b):
		return a, b, "même contenu que"
	case isXML(b) && !isXML(a):
		return b, a, "même contenu que"
	}
	return a, b, ""
}

func isXML(part readPart) bool { return strings.EqualFold(path.Ext(part.Name), ".xml") }

// gather makes one file of the parts of one format.
func (p *plan) gather(parts []readPart, by string) {
	for len(parts) > 0 {
		n := 1
		for n < len(parts) && parts[n].Format.Code == parts[0].Format.Code {
			n++
		}
		group := parts[:n]
		parts = parts[n:]
		f := vault.File{Format: group[0].Format, Year: p.year, SHA256: group[0].SHA256, Name: group[0].Name, By: by}
		if n > 1 {
			sum := sha256.New()
			for _, g := range group {
				sum.Write([]byte(g.SHA256))
			}
			f.SHA256 = hex.EncodeToString(sum.Sum(nil))
			f.Name = belvedere.Plural(n, "fichier", "fichiers") + ", dont " + group[0].Name
		}
		f.Fill = func(v record.Visitor) error {
			for _, g := range group {
				if err := g.Read(v); err != nil {
					return named(g.Name, err)
				}
			}
			return nil
		}
		p.files = append(p.files, f)
		for _, g := range group {
			p.pieces = append(p.pieces, Piece{Name: g.Name, Format: g.Format.Code, Label: g.Format.Label, Head: g.head})
		}
	}
}
