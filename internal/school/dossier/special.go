package dossier

import (
	"bufio"
	"io"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/source/apogee"
	"belvedere/internal/source/moodle"
)

// A Special is a format that a mapping cannot say, read by code.
type Special struct{ Name, Label, Doc string }

// Specials are these formats.
var Specials = []Special{
	{"apogee_maquette", "Apogée, maquettes", "Maquettes de notes et de résultats\u00a0: une par diplôme ou étape, plusieurs à la fois."},
	{"apogee_etudiants", "Apogée, étudiants (XML du portail)", "Réponses XML du portail d’Apogée, telles que ScoDoc les lit."},
	{"moodle", "Moodle, journaux", "Rapport « Logs » ou export de logstore_standard_log, avec, si vous les avez, les listes de rôles et les noms courts des cours."},
}

func isSpecial(name string) bool {
	return slices.ContainsFunc(Specials, func(s Special) bool { return s.Name == name })
}

// special makes an import of files whose format is read by code; ok is false when they are not of one.
func (s *Service) special(name string, files []File) (b Batch, ok bool, err error) {
	if name != "" && !isSpecial(name) {
		return b, false, nil
	}
	all := func(is func(start []byte) bool) bool {
		return !slices.ContainsFunc(files, func(f File) bool { return !is(start(f)) })
	}
	maquette := apogee.Formats()[0]
	switch {
	case name == "apogee_maquette" || name == "" && all(maquette.Detect):
		return s.maquettes(files), true, nil
	case name == "apogee_etudiants" || name == "" && all(apogee.IsRegistered):
		return s.registered(files), true, nil
	case name == "moodle":
		b, err := s.moodle(files)
		return b, true, err
	}
	parts, err := tables(files)
	if err != nil {
		return b, false, nil // it is told where mappings are looked for
	}
	if slices.ContainsFunc(parts, func(p part) bool {
		sort := moodle.Recognise(p.header)
		return sort == moodle.Report || sort == moodle.Store
	}) {
		b, err := s.moodle(files)
		return b, true, err
	}
	return b, false, nil
}

// start is the beginning of a file.
func start(f File) []byte {
	head := make([]byte, min(f.Size, 64<<10))
	n, _ := f.Data.ReadAt(head, 0)
	return head[:n]
}

// text opens a file from its start.
func (f File) text() io.Reader {
	return bufio.NewReaderSize(io.NewSectionReader(f.Data, 0, f.Size), 64<<10)
}

// A filler puts cells in the columns of a kind, by their names.
type filler struct {
	k     *Kind
	at    map[string]int
	cells []string
}

func newFiller(k *Kind) *filler {
	f := &filler{k: k, at: map[string]int{}, cells: make([]string, len(k.Columns))}
	for i, c := range k.Columns {
		f.at[c.Name] = i
	}
	return f
}

// set fills a column that the kind has: a deployment may declare it otherwise.
func (f *filler) set(column, text string) {
	if i, ok := f.at[column]; ok {
		f.cells[i] = text
	}
}

func (f *filler) clear() { clear(f.cells) }

// registered reads the students of the portal of Apogée.
func (s *Service) registered(files []File) Batch {
	b := Batch{Files: files, Mapping: "apogee_etudiants"}
	b.Fill = func(into Sink) error {
		k, err := s.kind("inscriptions")
		if err != nil {
			return err
		}
		f := newFiller(k)
		for _, file := range files {
			err := apogee.ReadRegistered(file.text(), func(r apogee.Registered) error {
				f.clear()
				version := func(text string) string { _, v, _ := strings.Cut(text, "/"); return v }
				first := func(names ...string) string {
					for _, n := range names {
						if t := r.Get(n); t != "" {
							return t
						}
					}
					return ""
				}
				for column, text := range map[string]string{
					"annee": r.Get("inscription"), "nip": r.Get("nip"), "nom": r.Get("nom"), "nom_usage": r.Get("nomusuel"), "prenom": r.Get("prenom"), "naissance": r.Get("naissance"),
					"mel": r.Get("mail"), "ine": r.Get("ine"), "sexe": r.Get("gender"), "etape": first("etape", "cod_etp"), "version_etape": version(r.Get("versionetape")),
					"diplome": r.Get("cod_dip"), "version_diplome": version(r.Get("versiondiplome")), "titre_acces": r.Get("bac"), "bourse": r.Get("bourse"),
					"profil": r.Get("cod_pru"), "inscrit_le": r.Get("datefinalisationinscription"),
				} {
					f.set(column, text)
				}
				return into.Row(k, Place{File: file.Name, Line: r.Line}, f.cells)
			})
			if err != nil {
				return belvedere.WrapError(belvedere.Invalid, err, "%s ne se lit pas comme une réponse du portail d’Apogée.", file.Name)
			}
		}
		return nil
	}
	return b
}
