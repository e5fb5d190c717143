package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// pageOfData is how many lines a page of a dataset has when nothing is asked.
const pageOfData = "10000"

const datasetsPath = "/api/v1/jeux/"

// readableBy are the indicators that read one dataset alone and that the rights of a viewer open: by them its
// figures leave, with the agreements, recipients and release rules of each.
func readableBy(m *belvedere.Model, d *belvedere.Dataset, v belvedere.Viewer) (out []*belvedere.Indicator) {
	for _, i := range m.Indicators {
		if i.Value != nil && slices.Equal(semantic.DatasetsOf(&belvedere.Indicator{Value: i.Value}), []string{d.Name}) && v.Scope.SeesAll(i) {
			out = append(out, i)
		}
	}
	return out
}

// grainOf are the lines of a dataset at its declared grain: the school, its time and its dimensions. A state
// is told by school year, or by month where its months are statistics of their own; persons by school year.
func grainOf(d *belvedere.Dataset) []string {
	by := []string{"etablissement"}
	switch {
	case d.Kind == belvedere.Flow:
		by = append(by, string(d.Time))
	case d.Kind == belvedere.Stock && d.Dated:
		by = append(by, "mois")
	default:
		by = append(by, "annee")
	}
	for _, dim := range d.Dimensions {
		by = append(by, dim.Name)
	}
	return by
}

// A dataset is what the API says of one.
type dataset struct {
	Name       string          `json:"jeu"`
	Address    string          `json:"adresse"`
	Label      string          `json:"libelle"`
	Doc        string          `json:"description"`
	Kind       string          `json:"nature"`
	Grain      []string        `json:"grain"`
	Retention  string          `json:"conservation,omitempty"`
	Dimensions []datasetPart   `json:"dimensions"`
	Indicators []datasetFigure `json:"indicateurs"`
	Data       string          `json:"donnees"`
}

type datasetPart struct {
	Name  string `json:"nom"`
	Label string `json:"libelle"`
}

type datasetFigure struct {
	Code  string `json:"code"`
	Label string `json:"libelle"`
	Unit  string `json:"unite"`
}

// described are the datasets whose figures a viewer may read.
func (s *server) described(r *http.Request) ([]dataset, *belvedere.Model, error) {
	m, err := s.Reports.Definitions(r.Context())
	if err != nil {
		return nil, nil, err
	}
	out := []dataset{}
	for _, d := range m.Datasets {
		list := readableBy(m, d, visitOf(r).caller.viewer)
		if d.Kind == belvedere.Register || len(list) == 0 {
			continue
		}
		one := dataset{Name: d.Name, Address: datasetsPath + d.Name, Label: d.Label, Doc: d.Doc, Kind: string(d.Kind), Grain: grainOf(d), Retention: d.Retention,
			Dimensions: []datasetPart{}, Indicators: []datasetFigure{}, Data: datasetsPath + d.Name + "/donnees"}
		for _, dim := range d.Dimensions {
			one.Dimensions = append(one.Dimensions, datasetPart{dim.Name, dim.Label})
		}
		for _, i := range list {
			one.Indicators = append(one.Indicators, datasetFigure{i.Code, i.Label, i.Unit})
		}
		out = append(out, one)
	}
	return out, m, nil
}

// datasets lists them.
func (s *server) datasets(w http.ResponseWriter, r *http.Request) error {
	list, _, err := s.described(r)
	if err != nil {
		return err
	}
	return s.answer(w, r, http.StatusOK, map[string]any{"jeux": list})
}

// dataset tells one of them: what its address in the catalogue names.
func (s *server) dataset(w http.ResponseWriter, r *http.Request) error {
	list, _, err := s.described(r)
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.Name == r.PathValue("jeu") {
			return s.answer(w, r, http.StatusOK, d)
		}
	}
	return belvedere.Errorf(belvedere.NotFound, "le jeu de données %q est inconnu, ou vos droits n’en ouvrent aucun indicateur\u202f; /api/v1/jeux les liste", r.PathValue("jeu"))
}

// datasetData answers as data does, with the lines and columns of a dataset where the address names none.
func (s *server) datasetData(w http.ResponseWriter, r *http.Request) error {
	m, err := s.Reports.Definitions(r.Context())
	if err != nil {
		return err
	}
	d := m.Dataset(r.PathValue("jeu"))
	if d == nil || d.Kind == belvedere.Register {
		return belvedere.Errorf(belvedere.NotFound, "le jeu de données %q est inconnu\u202f; /api/v1/jeux les liste", r.PathValue("jeu"))
	}
	list := readableBy(m, d, visitOf(r).caller.viewer)
	if len(list) == 0 {
		return belvedere.Errorf(belvedere.NotFound, "vos droits n’ouvrent aucun indicateur de ce jeu de données")
	}
	v := r.URL.Query()
	v.Del("page")
	setDefault(v, "par", strings.Join(grainOf(d), ","))
	setDefault(v, "limite", pageOfData)
	if v.Get("indicateurs") == "" && len(v["formule"]) == 0 {
		var codes []string
		for _, i := range list {
			codes = append(codes, i.Code)
		}
		v.Set("indicateurs", strings.Join(codes, ","))
	}
	return s.answerData(w, r, v)
}

func setDefault(v url.Values, name, value string) {
	if v.Get(name) == "" {
		v.Set(name, value)
	}
}
