package dossier

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/vault"
)

// A File is a file as received; it must stay open until the import ends.
type File struct {
	Name string
	Data io.ReaderAt
	Size int64
}

// A Place is where a row stands.
type Place struct {
	File    string
	Line    int64
	Headers []string // by column of the kind, as the file calls them; nil when it has no such names
}

// A Sink takes what a reader finds. Cells are in the order of the columns of the kind and belong to
// the sink until it returns; one that the file does not have is empty.
type Sink interface {
	Row(k *Kind, at Place, cells []string) error
	Fault(f belvedere.Fault) error // a defect of the file that leaves the rest readable
}

// A Batch is what one import reads: files, and how they are read.
type Batch struct {
	Files   []File
	Mapping string            // what it is called in the journal: "oulad", "apogee_maquette", a mapping of the institution
	Spaces  map[string]string // kinds whose people are not those of their declaration: activite → etudiant
	Fill    func(into Sink) error
}

// A KindReport counts what an import did to a kind. It names nobody.
type KindReport struct {
	Kind     string `json:"genre"`
	Read     int64  `json:"lues"`
	Kept     int64  `json:"gardees"`    // rows read that the vault holds, alone or added to others
	Rows     int64  `json:"lignes"`     // rows that they make in the vault
	Faulty   int64  `json:"defauts"`    // rows left out
	Replaced int64  `json:"remplacees"` // rows of earlier files
	Slices   int    `json:"tranches"`
	NewCodes []Pair `json:"codes,omitempty"` // members that open lists did not have: column, code
}

// A Report is what an import did, or would do.
type Report struct {
	ID       int64
	Replayed bool // the same files were read the same way before, and still stand
	Kinds    []KindReport
	Faults   []belvedere.Fault // the first ones
	Years    []belvedere.SchoolYear
}

// mostFaults is how many defects are kept of an import; mostFaulty is the share of rows beyond which it is refused.
const (
	mostFaults = 500
	mostFaulty = 0.05
)

// Import reads files into the vault of an institution, whole or not at all: it replaces the slices
// that they have rows of.
func (s *Service) Import(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, b Batch) (r Report, err error) {
	defer belvedere.Wrap(&err, "dossier.Import(%s, %s)", uai, b.Mapping)
	if err := board.May(who, uai); err != nil {
		return r, err
	}
	v, err := s.Vaults.Vault(ctx, uai, true)
	if err != nil {
		return r, err
	}
	if r, err = s.run(ctx, v, who.Login, b, false); err != nil || r.Replayed {
		return r, err
	}
	if s.Tally != nil {
		if err := s.Tally(ctx, uai, r.Years); err != nil {
			s.Log.Error("figures after an import of persons", "school", uai, "err", err)
		}
	}
	return r, nil
}

// Rehearse tells what an import would do, and changes nothing.
func (s *Service) Rehearse(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, b Batch) (r Report, err error) {
	defer belvedere.Wrap(&err, "dossier.Rehearse(%s, %s)", uai, b.Mapping)
	if err := board.May(who, uai); err != nil {
		return r, err
	}
	v, err := s.Vaults.Vault(ctx, uai, true)
	if err != nil {
		return r, err
	}
	return s.run(ctx, v, who.Login, b, true)
}

// errRehearsed undoes a rehearsal.
var errRehearsed = errors.New("dossier: rehearsed")

// run reads a batch in one transaction.
func (s *Service) run(ctx context.Context, v *vault.Vault, by string, b Batch, rehearsal bool) (r Report, err error) {
	sum, err := fingerprint(b)
	if err != nil {
		return r, err
	}
	err = v.Write(ctx, func(tx *vault.Tx) error {
		im := &importing{ctx: ctx, s: s, tx: tx, b: b, writers: map[string]*writer{}, people: map[[2]string]int64{}}
		if r.ID, r.Replayed, err = replayed(tx, sum, b.Mapping); err != nil || r.Replayed && !rehearsal {
			return err
		}
		if im.id, err = tx.Insert("INSERT INTO dossier_import (fichier, sha256, correspondance, bilan, le, par) VALUES (?, ?, ?, '', ?, ?)",
			nameOf(b.Files), sum, b.Mapping, vault.Micros(s.Now()), by); err != nil {
			return err
		}
		r.ID = im.id
		if err := b.Fill(im); err != nil {
			return err
		}
		if err := im.finish(&r); err != nil {
			return err
		}
		if rehearsal {
			return errRehearsed
		}
		return im.keepFiles()
	})
	if errors.Is(err, errRehearsed) {
		r.ID, err = 0, nil
	}
	return r, err
}

// nameOf is what an import is called in the journal.
func nameOf(files []File) string {
	if len(files) == 1 {
		return files[0].Name
	}
	if len(files) == 0 {
		return ""
	}
	return belvedere.Plural(len(files), "fichier", "fichiers") + ", dont " + files[0].Name
}

// fingerprint is the sum of the bytes of all files.
func fingerprint(b Batch) (string, error) {
	sum := sha256.New()
	for _, f := range b.Files {
		fmt.Fprintf(sum, "%d\n", f.Size)
		if _, err := io.Copy(sum, io.NewSectionReader(f.Data, 0, f.Size)); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// replayed finds an import of the same bytes, read the same way, of which nothing was replaced since.
func replayed(tx *vault.Tx, sum, mapping string) (id int64, found bool, err error) {
	found, err = tx.Get(`SELECT id FROM dossier_import i WHERE sha256 = ? AND correspondance = ? AND efface IS NULL
		AND EXISTS (SELECT 1 FROM dossier_tranche t WHERE t.import = i.id)
		AND NOT EXISTS (SELECT 1 FROM dossier_tranche t WHERE t.import = i.id AND t.remplace IS NOT NULL) ORDER BY id DESC LIMIT 1`, []any{sum, mapping}, &id)
	return id, found, err
}

// importing is an import being written. It implements Sink.
type importing struct {
	ctx     context.Context
	s       *Service
	tx      *vault.Tx
	b       Batch
	id      int64
	writers map[string]*writer
	order   []string // kinds, as they came
	people  map[[2]string]int64
	faults  []belvedere.Fault
	faulty  int
}

// Row implements Sink.
func (im *importing) Row(k *Kind, at Place, cells []string) (err error) {
	w := im.writers[k.Name]
	if w == nil {
		space := k.Space
		if other := im.b.Spaces[k.Name]; other != "" {
			space = other
		}
		if w, err = newWriter(im, k, space); err != nil {
			return err
		}
		im.writers[k.Name] = w
		im.order = append(im.order, k.Name)
	}
	return w.row(at, cells)
}

// Fault implements Sink.
func (im *importing) Fault(f belvedere.Fault) error {
	if f.Severity != belvedere.SeverityWarning {
		im.faulty++
	}
	if len(im.faults) == mostFaults {
		return nil
	}
	im.faults = append(im.faults, f)
	_, err := im.tx.Exec("INSERT INTO dossier_defaut (import, rang, fichier, ligne, champ, regle, message) VALUES (?, ?, ?, ?, ?, ?, ?)",
		im.id, len(im.faults), f.File, f.Line, f.Field, f.Rule, f.Message)
	return err
}

// fault notes what is wrong with a row; the value is not repeated, since it may be someone's.
func (im *importing) fault(k *Kind, at Place, c *Column, rule, why string) error {
	f := belvedere.Fault{File: at.File, Line: at.Line, Rule: rule, Severity: belvedere.SeverityError, Message: why}
	if c != nil {
		f.Field, f.Message = c.Name, c.Label+"\u00a0: "+why
		for i, h := range at.Headers {
			if h != "" && &k.Columns[i] == c {
				f.Field = h
			}
		}
	}
	return im.Fault(f)
}

// mostPeople bounds the people that are remembered; the others are looked up.
const mostPeople = 1 << 20

// person is the number of a person by the key, who is made when the vault does not know her.
func (im *importing) person(space, key string) (id int64, err error) {
	at := [2]string{space, key}
	if id := im.people[at]; id != 0 {
		return id, nil
	}
	found, err := im.tx.Get("SELECT id FROM dossier_personne WHERE espace = ? AND cle = ?", []any{space, key}, &id)
	if err == nil && !found {
		id, err = im.tx.Insert("INSERT INTO dossier_personne (espace, cle, cree) VALUES (?, ?, ?)", space, key, vault.Micros(im.s.Now()))
	}
	if len(im.people) < mostPeople {
		im.people[at] = id
	}
	return id, err
}

// finish judges the whole and writes the report.
func (im *importing) finish(r *Report) error {
	var read int64
	for _, name := range im.order {
		w := im.writers[name]
		w.tally.Slices = len(w.seen)
		if _, err := im.tx.Get("SELECT count(*) FROM "+tableOf(name)+" WHERE _import = ?", []any{im.id}, &w.tally.Rows); err != nil {
			return err
		}
		read += w.tally.Read
		if err := w.judge(); err != nil {
			return err
		}
		if err := w.baptise(); err != nil {
			return err
		}
		r.Kinds = append(r.Kinds, w.tally)
	}
	r.Faults = im.faults
	switch {
	case read == 0:
		return refusal("Aucune ligne de personne n’a été lue dans ces fichiers. Vérifiez qu’ils sont de la sorte choisie.", im.faults)
	case float64(im.faulty) > mostFaulty*float64(read):
		return refusal(fmt.Sprintf("%s sur %s\u00a0: le fichier est refusé, et le coffre reste comme il était.",
			belvedere.Plural(im.faulty, "ligne est fautive", "lignes sont fautives"), belvedere.FormatNumber(float64(read), 0)), im.faults)
	}
	years, err := im.years()
	if err != nil {
		return err
	}
	r.Years = years
	text, err := json.Marshal(r.Kinds)
	if err != nil {
		return err
	}
	_, err = im.tx.Exec("UPDATE dossier_import SET bilan = ? WHERE id = ?", string(text), im.id)
	return err
}

// refusal says why a file is refused, with its first defects.
func refusal(why string, faults []belvedere.Fault) error {
	for i, f := range faults {
		if i == 3 {
			break
		}
		why += " " + f.Error() + "."
	}
	return belvedere.Errorf(belvedere.Invalid, "%s", why)
}

// judge refuses a column of open codes that seems to name people: what is in it would leave as a dimension.
func (w *writer) judge() error {
	p := w.k.PersonColumn()
	if p == nil {
		return nil
	}
	for i := range w.k.Columns {
		c := &w.k.Columns[i]
		if !c.Open() && c.Labels == "" {
			continue
		}
		var values, people int64
		if _, err := w.im.tx.Get("SELECT count(DISTINCT "+c.Name+"), count(DISTINCT "+p.Name+") FROM "+tableOf(w.k.Name)+" WHERE _import = ? AND "+c.Name+" <> ''",
			[]any{w.im.id}, &values, &people); err != nil {
			return err
		}
		const few = 50
		if values > few && 2*values > people {
			what := "code"
			if c.Labels != "" {
				what = "libellé"
			}
			return belvedere.Errorf(belvedere.Invalid, "La colonne «\u00a0%s\u00a0» a %d valeurs pour %d personnes\u00a0: elle semble les désigner, et ne peut pas être un %s. Choisissez-lui une autre colonne.", c.Label, values, people, what)
		}
	}
	return nil
}

// years are the school years that the rows of the import are of.
func (im *importing) years() (list []belvedere.SchoolYear, err error) {
	for _, name := range im.order {
		if list, err = yearsIn(im.tx, im.writers[name].k, im.id, list); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// yearsIn adds the school years of the rows of a kind that an import brought, in order.
func yearsIn(tx *vault.Tx, k *Kind, id int64, list []belvedere.SchoolYear) ([]belvedere.SchoolYear, error) {
	err := tx.Each("SELECT DISTINCT "+k.Time+" FROM "+tableOf(k.Name)+" WHERE _import = ?", []any{id}, func(scan func(...any) error) error {
		var text string
		if err := scan(&text); err != nil {
			return err
		}
		y, ok := yearOf(k.Column(k.Time).Grain, text)
		if ok && !slices.Contains(list, y) {
			list = append(list, y)
		}
		if ok && k.civil() && !slices.Contains(list, y-1) { // an exercise begins in the middle of a school year
			list = append(list, y-1)
		}
		return nil
	})
	slices.Sort(list)
	return list, err
}

// civil tells whether the years of a kind are exercises.
func (k *Kind) civil() bool {
	return slices.ContainsFunc(k.Counts, func(c Count) bool { return c.State != nil && c.State.Civil })
}

// yearOf is the school year of a date as a table holds it.
func yearOf(grain belvedere.TimeGrain, text string) (belvedere.SchoolYear, bool) {
	switch grain {
	case belvedere.ByYear:
		y, err := strconv.Atoi(text)
		return belvedere.SchoolYear(y), err == nil
	case belvedere.ByMonth:
		text += "-01"
	}
	d, err := belvedere.ParseDate(text)
	return belvedere.SchoolYearOf(d), err == nil
}

// piece is the size of a piece of a file, compressed.
const piece = 1 << 20

// keepFiles puts the files as received into the vault.
func (im *importing) keepFiles() error {
	for rank, f := range im.b.Files {
		p := &pieces{im: im, rank: rank, name: f.Name}
		z := gzip.NewWriter(p)
		if _, err := io.Copy(z, io.NewSectionReader(f.Data, 0, f.Size)); err != nil {
			return err
		}
		if err := errors.Join(z.Close(), p.flush(true)); err != nil {
			return err
		}
	}
	return nil
}

// pieces writes a stream as rows.
type pieces struct {
	im   *importing
	rank int
	name string
	n    int
	buf  bytes.Buffer
}

func (p *pieces) Write(b []byte) (int, error) {
	p.buf.Write(b)
	return len(b), p.flush(false)
}

func (p *pieces) flush(all bool) error {
	for p.buf.Len() >= piece || all && p.buf.Len() > 0 {
		if _, err := p.im.tx.Exec("INSERT INTO dossier_morceau (import, rang, nom, suite, contenu) VALUES (?, ?, ?, ?, ?)", p.im.id, p.rank, p.name, p.n, p.buf.Next(piece)); err != nil {
			return err
		}
		p.n++
	}
	return nil
}
