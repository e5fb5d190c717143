package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/dataset"
	"belvedere/internal/mapping"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const datasetsPath = "/jeux"

// mostMapping bounds the form of a file of many columns, with its table of correspondence.
const mostMapping = 2 << 20

// datasetRoutes are the pages where people declare datasets of files.
func (s *server) datasetRoutes() []route {
	if s.Datasets == nil {
		return nil
	}
	const file = datasetsPath + "/nouveau/fichier/{id}"
	return []route{
		get(datasetsPath, officer, "consultation", s.datasetList),
		get(datasetsPath+"/nouveau", officer, "", s.datasetDrop),
		post(datasetsPath+"/nouveau", officer, "declaration", s.datasetTake).upTo(s.MostUpload),
		get(file, officer, "", s.mappingPage),
		post(file, officer, "declaration", s.mappingAct).upTo(mostMapping),
		get(datasetsPath+"/{nom}", officer, "consultation", s.datasetPage),
		post(datasetsPath+"/{nom}/retirer", officer, "declaration", s.datasetWithdraw),
	}
}

// datasetRight opens the menu to them, to nobody where there are none.
func (s *server) datasetRight() right {
	if s.Datasets == nil {
		return undeclared
	}
	return officer
}

func (s *server) datasetFrame(r *http.Request, title string) parts.Frame {
	f := s.frame(r, title)
	if title != "Jeux de données" {
		f.Crumbs = append(f.Crumbs, parts.Link{Label: "Jeux de données", Address: datasetsPath})
	}
	f.Crumbs = append(f.Crumbs, parts.Link{Label: title})
	return f
}

// countsWords say what a dataset counts, by what and how often.
func countsWords(d *belvedere.Dataset) string {
	kind := map[belvedere.DatasetKind]string{belvedere.Flow: "événements", belvedere.Stock: "état", belvedere.Distinct: "personnes distinctes", belvedere.Register: "répertoire"}[d.Kind]
	if d.Kind == belvedere.Register {
		return kind
	}
	time := map[belvedere.TimeGrain]string{belvedere.ByHour: "heure", belvedere.ByDay: "jour", belvedere.ByMonth: "mois", belvedere.ByYear: "année scolaire", belvedere.ByPeriod: "période"}[d.Time]
	place := d.Place.Label()
	if d.Place == belvedere.ByTerritory {
		place = "territoire"
	}
	return kind + ", par " + place + " et par " + time
}

var datasetDone = map[string]string{
	"charge": "Le jeu est déclaré et son fichier est pris : ses chiffres paraissent dès qu’il est publié, dans un instant.",
	"retire": "La déclaration est retirée.",
}

func (s *server) datasetList(w http.ResponseWriter, r *http.Request) error {
	p := pages.Datasets{Frame: s.datasetFrame(r, "Jeux de données"), Done: datasetDone[r.URL.Query().Get("fait")]}
	kept, err := s.Datasets.Registry.ListDeclarations(r.Context(), false)
	if err != nil {
		return err
	}
	owners := map[string]string{}
	for _, d := range kept {
		if d.Kind == registry.DeclaredDataset {
			owners[d.Name] = d.Author
		}
	}
	for _, d := range s.model.Datasets {
		_, n, err := s.Deliveries.List(r.Context(), registry.DeliveryFilter{Dataset: d.Name}, registry.Page{Limit: 1})
		if err != nil {
			return err
		}
		line := pages.DatasetLine{Name: d.Name, Label: d.Label, Doc: d.Doc, Counts: countsWords(d), Owner: owners[d.Name], Deliveries: n}
		for _, f := range s.model.Forms {
			if slices.ContainsFunc(f.Outputs, func(o belvedere.FormOutput) bool { return o.Dataset == d.Name }) {
				line.Forms++
			}
		}
		p.List = append(p.List, line)
	}
	slices.SortStableFunc(p.List, func(a, b pages.DatasetLine) int { return cmp.Compare(b.Owner, a.Owner) })
	return s.write(w, r, http.StatusOK, pages.DatasetsPage(p))
}

func (s *server) datasetPage(w http.ResponseWriter, r *http.Request) error {
	return s.datasetSheet(w, r, http.StatusOK, pages.DatasetSheet{Done: datasetDone[r.URL.Query().Get("fait")]})
}

func (s *server) datasetSheet(w http.ResponseWriter, r *http.Request, status int, p pages.DatasetSheet) error {
	name := r.PathValue("nom")
	if p.Dataset = s.model.Dataset(name); p.Dataset == nil {
		return notFound("Ce jeu de données n’existe pas, ou plus.")
	}
	p.Frame, p.Counts = s.datasetFrame(r, p.Dataset.Label), countsWords(p.Dataset)
	for _, f := range s.model.Forms {
		if slices.ContainsFunc(f.Outputs, func(o belvedere.FormOutput) bool { return o.Dataset == name }) {
			p.Forms = append(p.Forms, f)
		}
	}
	for _, i := range s.model.Indicators {
		if reads(i, name) {
			p.Indicators = append(p.Indicators, i)
		}
	}
	kept, err := s.Datasets.Registry.ListDeclarations(r.Context(), false)
	if err != nil {
		return err
	}
	for _, d := range kept {
		if d.Dataset == name {
			p.Declared = append(p.Declared, d)
		}
	}
	list, _, err := s.Deliveries.List(r.Context(), registry.DeliveryFilter{Dataset: name}, registry.Page{Limit: 5})
	if err != nil {
		return err
	}
	p.Last = s.localTimes(list)
	return s.write(w, r, status, pages.DatasetPage(p))
}

// reads tells whether an indicator is computed from a dataset.
func reads(i *belvedere.Indicator, name string) bool {
	refs := append(i.Measures(false), i.Measures(true)...)
	return slices.ContainsFunc(refs, func(m belvedere.MeasureRef) bool { return m.Dataset == name })
}

func (s *server) datasetWithdraw(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	name := r.PathValue("nom")
	traceOf(r).about("jeu "+name, "rien de changé")
	err = s.Datasets.Withdraw(r.Context(), viewerOf(r).Login, form.Get("motif"), name)
	switch belvedere.KindOf(err) {
	case belvedere.Invalid, belvedere.Conflict:
		p := pages.DatasetSheet{Reason: form.Get("motif")}
		p.Errors.Add("motif", belvedere.Message(err))
		return s.datasetSheet(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	traceOf(r).about("jeu "+name, cut("retiré : "+form.Get("motif"), 500))
	doneAt(w, r, datasetsPath, "retire")
	return nil
}

// columnLooks says what a column seems to be, with some of its values.
func columnLooks(c mapping.Seen) string {
	if c.Filled == 0 {
		return "vide dans les premières lignes"
	}
	words := map[mapping.Shape]string{mapping.UAI: "UAI", mapping.Commune: "codes de communes", mapping.Postcode: "codes postaux", mapping.Departement: "départements", mapping.Instant: "dates et heures",
		mapping.Day: "dates", mapping.Month: "mois", mapping.Year: "années", mapping.Integer: "nombres entiers", mapping.Decimal: "nombres", mapping.Code: "liste de valeurs", mapping.Text: "textes"}[c.Shape]
	out := fmt.Sprintf("%s, %s", words, belvedere.Plural(c.Distinct, "valeur différente", "valeurs différentes"))
	if c.Filled < c.Total {
		out += fmt.Sprintf(", vide %d fois sur %d", c.Total-c.Filled, c.Total)
	}
	if c.Identity == "" {
		some := make([]string, 0, 3)
		for _, v := range c.Values[:min(3, len(c.Values))] {
			some = append(some, clean(v, 30))
		}
		out += " : " + strings.Join(some, ", ")
	}
	return out
}

// listOptions are the lists that a detail may take.
func listOptions(m *belvedere.Model) []parts.Option {
	out := []parts.Option{{Label: "Nouvelle liste, ouverte"}}
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for n := range m.CodeLists {
			if !yield(n) {
				return
			}
		}
	}) {
		out = append(out, parts.Option{Value: name, Label: m.CodeLists[name].Label})
	}
	return out
}

// intoOptions are the datasets that any file may feed.
func intoOptions(m *belvedere.Model) []parts.Option {
	out := []parts.Option{{Label: "Un nouveau jeu de données"}}
	for _, d := range m.Datasets {
		if (d.Kind == belvedere.Flow || d.Kind == belvedere.Stock) && d.Time != belvedere.ByHour {
			out = append(out, parts.Option{Value: d.Name, Label: d.Label})
		}
	}
	return out
}

// weightOptions are the columns that may weigh a mean.
func weightOptions(sample *dataset.Sample) []parts.Option {
	out := []parts.Option{{Value: "-1", Label: "Aucun"}}
	for i, seen := range sample.Seen {
		if seen.Identity == "" && (seen.Shape == mapping.Integer || seen.Shape == mapping.Decimal) {
			out = append(out, parts.Option{Value: fmt.Sprint(i), Label: clean(sample.Header[i], 60)})
		}
	}
	return out
}
