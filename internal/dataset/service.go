package dataset

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/mapping"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/territory/ingest/form"
	"belvedere/internal/words"
)

// A School is one of the register, as names are compared with it.
type School struct {
	UAI     belvedere.UAI
	Name    string
	Town    string // name of its commune
	Commune string // its code
	Listed  bool
}

// Config is what the service needs.
type Config struct {
	Registry registry.Registry
	Model    func(ctx context.Context) (*belvedere.Model, error) // of this moment
	Folders  func() ([]fs.FS, error)                             // of the catalogue, without declarations
	Schools  func(ctx context.Context) ([]School, error)
	Accept   func(ctx context.Context, in ingest.Submission) (belvedere.Delivery, bool, error)
	Waiting  string // folder of files that wait for someone to say what they are
	Zone     *time.Location
	Now      func() time.Time
	Log      *slog.Logger
}

// A Service makes datasets of files. It is safe for concurrent use.
type Service struct{ Config }

// New makes a service.
func New(c Config) *Service {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{c}
}

// Check loads the catalogue as it would stand with some declarations more, or in the place of those of
// the same name. The error says in French what is wrong, with each place.
func (s *Service) Check(ctx context.Context, list []registry.Declaration) (*belvedere.Model, int64, error) {
	version, err := s.Registry.DeclarationsVersion(ctx)
	if err != nil {
		return nil, 0, err
	}
	now, err := s.Model(ctx)
	if err != nil {
		return nil, 0, err
	}
	kept, err := s.Registry.ListDeclarations(ctx, false)
	if err != nil {
		return nil, 0, err
	}
	m, err := s.with(kept, list)
	if err != nil {
		return nil, 0, err
	}
	m.Share(now.Members())
	return m, version, nil
}

// with loads the folders, what is kept, and what is added.
func (s *Service) with(kept, list []registry.Declaration) (*belvedere.Model, error) {
	folders, err := s.Folders()
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(slices.Clone(kept), func(d registry.Declaration) bool {
		return slices.ContainsFunc(list, func(n registry.Declaration) bool { return n.Kind == d.Kind && n.Name == d.Name })
	})
	all = append(all, slices.DeleteFunc(slices.Clone(list), func(d registry.Declaration) bool { return d.Withdrawn })...)
	if len(all) > 0 {
		own, err := Files(all)
		if err != nil {
			return nil, err
		}
		folders = append(slices.Clone(folders), own)
	}
	m, err := Load(folders...)
	if err != nil {
		return nil, belvedere.Errorf(belvedere.Invalid, "La déclaration ne s’accorde pas avec le catalogue\u00a0: %v", err)
	}
	return m, nil
}

// Keep checks declarations and keeps them. A new revision of a dataset that has figures may only add to it.
func (s *Service) Keep(ctx context.Context, by, reason string, list []registry.Declaration) (err error) {
	defer belvedere.Wrap(&err, "dataset.Keep(%d declarations)", len(list))
	after, version, err := s.Check(ctx, list)
	if err != nil {
		return err
	}
	before, err := s.Model(ctx)
	if err != nil {
		return err
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].Author, list[i].At, list[i].Reason = by, s.Now().UTC(), reason
		if list[i].Kind == registry.DeclaredDataset {
			if err := s.onlyGrows(ctx, before.Dataset(list[i].Name), after.Dataset(list[i].Name)); err != nil {
				return err
			}
		}
	}
	return s.Registry.PutDeclarations(ctx, version, list)
}

// onlyGrows refuses a change of a dataset that holds figures which would need the warehouse to be
// rebuilt: columns may be added, measures and optional details.
func (s *Service) onlyGrows(ctx context.Context, was, now *belvedere.Dataset) error {
	if was == nil || now == nil {
		return nil
	}
	n, err := s.loads(ctx, was.Name)
	if err != nil || n == 0 {
		return err
	}
	change := ""
	switch {
	case was.Kind != now.Kind || was.Time != now.Time || was.Place != now.Place || !slices.Equal(was.Slice, now.Slice):
		change = "sa nature, son temps ou ce qu’une livraison remplace"
	case slices.ContainsFunc(was.Dimensions, func(d belvedere.Dimension) bool { return now.Dimension(d.Name) == nil }):
		change = "ses détails"
	case slices.ContainsFunc(now.Dimensions, func(d belvedere.Dimension) bool { return was.Dimension(d.Name) == nil && !d.Optional }):
		change = "ses détails (un détail ajouté est optional\u00a0: true)"
	case slices.ContainsFunc(was.Measures, func(m belvedere.Measure) bool { o := now.Measure(m.Name); return o == nil || o.Decimal != m.Decimal }):
		change = "ses mesures"
	default:
		return nil
	}
	return belvedere.Errorf(belvedere.Conflict, "Le jeu «\u00a0%s\u00a0» tient déjà des chiffres de %s\u00a0: %s ne peuvent plus changer, seulement s’ajouter. Déclarez un autre jeu.", was.Label, belvedere.Plural(n, "livraison", "livraisons"), change)
}

// loads counts the published deliveries that a dataset holds figures of.
func (s *Service) loads(ctx context.Context, name string) (int, error) {
	_, n, err := s.Registry.List(ctx, registry.DeliveryFilter{Dataset: name, States: []belvedere.DeliveryState{belvedere.Published}}, registry.Page{Limit: 1})
	return n, err
}

// Withdraw ends what was declared under the name of a dataset: its lists, its formats, its indicators
// and itself. What is in use stays: it is refused, and says why.
func (s *Service) Withdraw(ctx context.Context, by, reason, name string) (err error) {
	defer belvedere.Wrap(&err, "dataset.Withdraw(%s)", name)
	if strings.TrimSpace(reason) == "" {
		return belvedere.Errorf(belvedere.Invalid, "Dites pourquoi\u00a0: le motif reste dans l’histoire de la déclaration.")
	}
	kept, err := s.Registry.ListDeclarations(ctx, false)
	if err != nil {
		return err
	}
	var list []registry.Declaration
	for _, d := range kept {
		if d.Dataset == name || d.Name == name {
			d.Withdrawn = true
			list = append(list, d)
		}
	}
	if len(list) == 0 {
		return belvedere.Errorf(belvedere.NotFound, "Rien n’est déclaré dans le produit sous le nom «\u00a0%s\u00a0»\u00a0: ce qui vient des dossiers du catalogue ne se retire pas ici.", name)
	}
	if err := s.unused(ctx, name, list); err != nil {
		return err
	}
	after, _, err := s.Check(ctx, list)
	if err != nil {
		return belvedere.WrapError(belvedere.Conflict, err, "D’autres déclarations s’en servent\u00a0: %s", belvedere.Message(err))
	}
	if err := s.inUse(ctx, list[0].Label, after); err != nil {
		return err
	}
	return s.Keep(ctx, by, reason, list)
}

// unused refuses to withdraw what holds figures or watches them.
func (s *Service) unused(ctx context.Context, name string, list []registry.Declaration) error {
	n, err := s.loads(ctx, name)
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.Kind != registry.DeclaredForm {
			continue
		}
		more, err := s.loads(ctx, d.Name)
		if err != nil {
			return err
		}
		n += more
	}
	if n > 0 {
		return belvedere.Errorf(belvedere.Conflict, "Le jeu «\u00a0%s\u00a0» tient des chiffres de %s\u00a0: il ne se retire pas, car une reconstruction de l’entrepôt doit pouvoir les relire.", name, belvedere.Plural(n, "livraison", "livraisons"))
	}
	waiting, _, err := s.Registry.List(ctx, registry.DeliveryFilter{Dataset: name, States: []belvedere.DeliveryState{belvedere.Received, belvedere.Read, belvedere.Checked, belvedere.Staged}}, registry.Page{Limit: 1})
	if err == nil && len(waiting) > 0 {
		err = belvedere.Errorf(belvedere.Conflict, "La livraison n°\u00a0%d de ce jeu est en cours\u00a0: attendez sa fin.", waiting[0].Seq)
	}
	return err
}

// A Trial is what a plan would give: its declarations and what the file would load by them.
type Trial struct {
	Declarations []registry.Declaration
	Form         string
	Dataset      string
	Preview      *Preview
}

// Try makes the declarations of a plan and reads the whole file by them. Nothing is kept.
func (s *Service) Try(ctx context.Context, p *Plan, sample *Sample, file io.ReaderAt, size int64) (*Trial, error) {
	now, err := s.Model(ctx)
	if err != nil {
		return nil, err
	}
	if flaws := p.Check(now, sample.Seen); len(flaws) > 0 {
		return nil, flaws
	}
	t := &Trial{Declarations: p.Declare(now, sample.Seen), Dataset: cmp.Or(p.Into, p.Name)}
	for _, d := range t.Declarations {
		if d.Kind == registry.DeclaredForm {
			t.Form = d.Name
		}
	}
	m, _, err := s.Check(ctx, t.Declarations)
	if err != nil {
		return nil, err
	}
	schools, err := s.Schools(ctx)
	if err != nil {
		return nil, err
	}
	known, towns := map[belvedere.UAI]bool{}, map[int32]bool{}
	for _, one := range schools {
		if one.Listed {
			known[one.UAI] = true
			if n, ok := form.TownNumber(one.Commune); ok {
				towns[n] = true
			}
		}
	}
	t.Preview, err = Try(m, t.Form, t.Dataset, file, size, sample.File, sample.Member, s.Zone, func(u belvedere.UAI) bool { return known[u] }, towns)
	if err == nil {
		t.Preview.means(p)
	}
	return t, err
}

// means shows means as such, and leaves out the weights that make them.
func (p *Preview) means(plan *Plan) {
	by := map[string]*Figure{}
	for i := range p.Figures {
		by[p.Figures[i].Name] = &p.Figures[i]
	}
	weights := map[string]bool{weightName: true}
	for _, c := range plan.Columns {
		if c.Role != Measure || c.Adds == Adds || by[c.Name] == nil {
			continue
		}
		weight := by[weightName]
		if c.Adds == Weighted {
			weight = by[c.Name+"_poids"]
			weights[c.Name+"_poids"] = true
		}
		if weight == nil {
			continue
		}
		scale := 1.0
		if c.Unit == "%" {
			scale = 100
		}
		f := by[c.Name]
		f.Mean, f.Total = true, scale*f.Total/weight.Total
		for y := range f.Years {
			f.Years[y] = scale * f.Years[y] / weight.Years[y]
		}
	}
	p.Figures = slices.DeleteFunc(p.Figures, func(f Figure) bool { return weights[f.Name] && by[f.Name] != nil && plan.Into == "" })
}

// Load keeps the declarations of a trial and hands the file over as a delivery.
func (s *Service) Load(ctx context.Context, by string, t *Trial, fileName string, body io.Reader) (belvedere.Delivery, error) {
	if err := s.Keep(ctx, by, "fichier "+fileName, t.Declarations); err != nil {
		return belvedere.Delivery{}, err
	}
	d, _, err := s.Accept(ctx, ingest.Submission{Source: "jeux", Dataset: t.Form, FileName: fileName, Body: body})
	return d, err
}

// A Guess is a school that a name of a file seems to stand for.
type Guess struct {
	Value  string
	UAI    belvedere.UAI // "" when none is near
	School string
	Score  float64
	town   string
}

// mostGuesses bounds the names of a table of correspondence.
const mostGuesses = 2000

// Guess compares the values of a column of names with the names of schools. When many of them are in one
// commune, the file is likely to be that commune's, and its schools come first.
func (s *Service) Guess(ctx context.Context, values []string) ([]Guess, error) {
	schools, err := s.Schools(ctx)
	if err != nil {
		return nil, err
	}
	values = values[:min(len(values), mostGuesses)]
	out := guess(values, schools)
	towns := map[string]int{}
	town := ""
	for _, g := range out {
		if g.town != "" {
			if towns[g.town]++; towns[g.town] > towns[town] {
				town = g.town
			}
		}
	}
	if n := towns[town]; n >= 3 && n*4 >= len(out) {
		near := guess(values, slices.DeleteFunc(slices.Clone(schools), func(one School) bool { return one.Town != town }))
		for i := range out {
			if near[i].UAI != "" {
				out[i] = near[i]
			} else if out[i].town != town {
				out[i] = Guess{Value: out[i].Value}
			}
		}
	}
	slices.SortFunc(out, func(a, b Guess) int { return cmp.Compare(words.Fold(a.Value), words.Fold(b.Value)) })
	return out, nil
}

// guess finds the school that each value resembles most.
func guess(values []string, schools []School) (out []Guess) {
	names := make([]string, len(schools))
	for i, one := range schools {
		names[i] = one.Name
	}
	known := mapping.NewNames(names)
	for _, v := range values {
		g := Guess{Value: v}
		if at, score := known.Nearest(spelt(v)); at >= 0 && score >= 0.5 {
			g.UAI, g.School, g.Score, g.town = schools[at].UAI, schools[at].Name, score, schools[at].Town
			if g.town != "" {
				g.School += fmt.Sprintf(" (%s)", g.town)
			}
		}
		out = append(out, g)
	}
	return out
}

// spelt writes out the letters that files put after the name of a school for its kind.
func spelt(v string) string {
	fields := strings.Fields(v)
	if len(fields) < 2 {
		return v
	}
	kind := map[string]string{"M": "maternelle", "E": "élémentaire", "P": "primaire"}[strings.Trim(fields[len(fields)-1], "().")]
	if kind == "" {
		return v
	}
	return strings.Join(fields[:len(fields)-1], " ") + " " + kind
}
