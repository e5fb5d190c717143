package ingest

import (
	"cmp"
	"context"
	"crypto/rand"
	"io"
	"os"
	"path"
	"path/filepath"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/source/table"
	"belvedere/internal/territory/ingest/form"
)

// tellEvery is how many lines pass between two looks at the clock and at the context.
const tellEvery = 1 << 13

// read brings the rows of a file into stage tables. It gives what was found so far beside an
// error. It writes nothing to the registry but progress, so that a rebuild can use it too.
func (s *Service) read(ctx context.Context, d belvedere.Delivery, asked string, t *teller) (p *prepared, err error) {
	p = &prepared{delivery: d}
	f, err := s.landing.open(d.SHA256)
	if err != nil {
		return p, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() != d.Size {
		return p, wrapf(belvedere.Unavailable, err, "Le fichier reçu a été modifié dans le dossier d’arrivée : sa taille ne correspond plus. Restaurez-le d’une sauvegarde.")
	}
	r := &reading{s: s, ctx: ctx, p: p, asked: asked, tell: t}
	err = s.sheltered(d.Seq, func() error { return r.file(f) })
	r.counts()
	p.members, p.renamed = r.members()
	if cerr := p.closeStages(); err == nil {
		err = cerr
	}
	return p, err
}

// A reading is the passage of one file through its readers and mappers.
type reading struct {
	inPassing bool // the format names schools beside its figures
	s         *Service
	ctx       context.Context
	p         *prepared
	asked     string
	tell      *teller

	member  int    // index of the current one
	name    string // of the current member
	line    int64  // of the current row
	mappers []*form.Mapper
	towns   map[int32][]int32 // schools of the register by commune; all of them by 0; nil before it is read
	shares  int
	absent  map[int32]bool                // communes without a school that the sender was told of
	fed     map[*belvedere.Dataset]string // target that feeds a dataset
}

func (r *reading) file(f *os.File) error {
	archive, err := table.Open(f, r.p.delivery.Size, r.p.delivery.FileName, r.s.Limits.Table)
	if err != nil {
		return err
	}
	for _, skipped := range archive.Skipped {
		r.p.faults.add(belvedere.Fault{File: skipped.Name, Rule: "fichier_ecarte", Severity: belvedere.SeverityWarning,
			Message: french("Ce fichier de l’archive n’est pas lu : %s", skipped.Why)})
	}
	for i, m := range archive.Members {
		r.member, r.name = i, m.Name
		r.p.files = append(r.p.files, m.Name)
		switch {
		case m.Kind == table.Parquet:
			err = r.parquet(m)
		case m.Kind == table.XLSX:
			return r.sheets(archive.Members)
		default:
			err = r.rows(m)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sheets reads the first sheet of a workbook whose columns are those of a known format.
func (r *reading) sheets(list []*table.Member) (err error) {
	for _, m := range list {
		rows, wrong := m.Rows(table.Options{})
		var mapper *form.Mapper
		if wrong == nil {
			mapper, wrong = r.recognise(rows.Header())
		}
		if wrong == nil {
			r.name = m.Sheet
			return r.each(rows, mapper)
		}
		if !refusal(wrong) {
			return wrong
		}
		if err == nil {
			err = wrong // the first sheet is the one that people look at
		}
	}
	return err
}

// rows reads a member line by line.
func (r *reading) rows(m *table.Member) error {
	rows, err := m.Rows(table.Options{})
	if err != nil {
		return err
	}
	mapper, err := r.recognise(rows.Header())
	if err != nil {
		return err
	}
	return r.each(rows, mapper)
}

func (r *reading) each(rows table.Rows, mapper *form.Mapper) error {
	emit, fault := r.emit, r.fault // bound once, not once a row
	for n := 1; ; n++ {
		row, err := rows.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		r.line = row.Line
		if err := mapper.Map(row, emit, fault); err != nil {
			return err
		}
		if n%tellEvery == 0 {
			if err := r.breathe(rows.Offset()); err != nil {
				return err
			}
		}
	}
}

// parquet reads a member through the engine, from the landing folder or unpacked beside it.
func (r *reading) parquet(m *table.Member) error {
	file := r.s.landing.path(r.p.delivery.SHA256)
	if m.Name != "" || m.Size < 0 {
		unpacked, err := r.unpack(m)
		if err != nil {
			return err
		}
		defer os.Remove(unpacked)
		file = unpacked
	}
	var mapper *form.Mapper
	head := func(names []string) (err error) {
		mapper, err = r.recognise(names)
		return err
	}
	row := belvedere.SourceRow{}
	return r.s.Engine.ReadParquet(r.ctx, file, head, func(line int64, fields [][]byte) error {
		row.Line, row.Fields = line, fields
		r.line = line
		if line%tellEvery == 0 {
			if err := r.breathe(0); err != nil {
				return err
			}
		}
		return mapper.Map(row, r.emit, r.fault)
	})
}

// unpack writes a packed Parquet member where the engine may read it.
func (r *reading) unpack(m *table.Member) (file string, err error) {
	src, err := m.Reader()
	if err != nil {
		return "", err
	}
	l := r.s.landing
	name := path.Join(incoming, rand.Text())
	f, err := l.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return "", diskError(err)
	}
	file = filepath.Join(l.dir, filepath.FromSlash(name))
	if _, err = io.Copy(f, src); err == nil {
		err = f.Close()
	}
	if err != nil {
		f.Close()
		os.Remove(file)
	}
	return file, diskError(err)
}

// recognise makes the mapper of a header and notes what reads the delivery.
func (r *reading) recognise(header []string) (*form.Mapper, error) {
	var target form.Target
	var err error
	if r.asked != "" {
		target, err = form.RecogniseAs(r.s.Model, r.asked, header)
	} else {
		target, err = form.Recognise(r.s.Model, header)
	}
	if err != nil {
		r.p.personal = cmp.Or(r.p.personal, form.Personal(header))
		return nil, err
	}
	for _, name := range target.Datasets() {
		d := r.s.Model.Dataset(name)
		if other, fed := r.fed[d]; fed && other != target.Code() {
			return nil, errorf(belvedere.Invalid, "L’archive contient deux formats du même jeu « %s » (%s et %s). Envoyez-les séparément.", name, other, target.Code())
		}
		if r.fed == nil {
			r.fed = map[*belvedere.Dataset]string{}
		}
		r.fed[d] = target.Code()
	}
	for _, notice := range target.Notices(header) {
		r.fault(notice)
	}
	r.note(target)
	mapper, err := form.NewMapper(target, r.s.Model, header, r.s.Zone)
	if err == nil {
		r.mappers = append(r.mappers, mapper)
	}
	if err == nil && target.Dataset != nil && len(r.p.withdrawals()) > 0 { // it may have no rows at all
		_, err = r.p.stageOf(r.ctx, r.s.Engine, target.Dataset)
	}
	return mapper, err
}

// note keeps what read the delivery. Of several formats in one archive, the lowest rank counts.
func (r *reading) note(t form.Target) {
	rank, code, origin := registry.PublishedRank, "", r.p.delivery.Source
	if t.Form != nil {
		rank, code, origin = t.Form.Rank, t.Form.Code, t.Form.Code
	}
	if r.member == 0 || rank < r.p.rank {
		r.p.rank, r.p.origin, r.p.delivery.Form = rank, origin, code
	}
	r.inPassing = len(t.Datasets()) > 1
	if names := t.Datasets(); r.s.Model.Dataset(r.p.delivery.Dataset) == nil && len(names) > 0 {
		r.p.delivery.Dataset = names[0]
	}
}

func (r *reading) emit(row form.Row) error {
	if row.Dataset.Place != belvedere.BySchool {
		return r.share(row)
	}
	st, err := r.p.stageOf(r.ctx, r.s.Engine, row.Dataset)
	if err != nil {
		return err
	}
	st.inPassing = r.inPassing && row.Dataset.Kind == belvedere.Register
	return st.append(row.Values, r.member, row.Line)
}

func (r *reading) fault(f belvedere.Fault) {
	f.File = r.name
	r.p.faults.add(f)
}

// breathe tells how far the file is and stops at the end of the context.
func (r *reading) breathe(offset int64) error {
	r.counts()
	r.tell.tell(r.p.delivery, "lecture", offset)
	return r.ctx.Err()
}

// counts brings what the mappers counted into the delivery.
func (r *reading) counts() {
	p := r.p
	p.lines, p.faulty, p.delivery.Rows, p.delivery.Kept, p.delivery.Set = 0, 0, 0, 0, 0
	for _, m := range r.mappers {
		c := m.Counts()
		p.lines += c.Lines - c.Blank - c.Skipped
		p.faulty += c.Faulty
		p.delivery.Rows += c.Lines - c.Blank
		p.delivery.Kept += c.Kept
		p.delivery.Set += c.Skipped
	}
	p.count()
}
