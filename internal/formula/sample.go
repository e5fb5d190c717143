package formula

import (
	"context"
	"encoding/json"
	"io"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/semantic"
)

// Sample asks the figures of a formula, one line a school year, as the viewer may see them; nil where
// there is no warehouse.
func (s *Service) Sample(ctx context.Context, v belvedere.Viewer, f belvedere.Formula) (*belvedere.Result, error) {
	r := s.Reporter()
	if r == nil {
		return nil, nil
	}
	q, err := r.Build(ctx, report.Ask{Columns: []belvedere.QueryColumn{report.FormulaColumn(f)}, By: []string{"annee"}, For: v})
	if err != nil {
		return nil, err
	}
	out, _, err := r.Receipted(ctx, v, q)
	return out, err
}

// Indicator is the indicator that "formule:code" is with the catalogue of today, as a viewer may use it.
func (s *Service) Indicator(ctx context.Context, v belvedere.Viewer, name string) (*belvedere.Indicator, error) {
	f, err := s.Formula(ctx, v, strings.TrimPrefix(name, belvedere.FormulaPrefix), 0)
	if err != nil {
		return nil, err
	}
	model, err := s.Model(ctx)
	if err != nil {
		return nil, err
	}
	return semantic.Formula(model, f)
}

// State says who may use one, and whether someone stands for it.
func State(f registry.SavedFormula) string {
	switch {
	case f.VerifiedBy != "":
		return "vérifiée"
	case f.Shared:
		return "partagée"
	}
	return "privée"
}

// WriteList writes a list for programs.
func WriteList(w io.Writer, list []registry.SavedFormula) error {
	type line struct {
		Code       string `json:"code"`
		Label      string `json:"libelle"`
		Text       string `json:"texte"`
		Unit       string `json:"unite"`
		Decimals   int    `json:"decimales"`
		Percent    bool   `json:"pourcent"`
		Version    int    `json:"version"`
		State      string `json:"etat"`
		Author     string `json:"auteur"`
		VerifiedBy string `json:"verifiee_par,omitempty"`
		Definition string `json:"definition,omitempty"`
	}
	out := []line{}
	for _, f := range list {
		out = append(out, line{f.Code, f.Label, f.Text, f.Unit, f.Decimals, f.Percent, f.Version, State(f), f.OwnerName, f.VerifiedBy, f.Definition})
	}
	return json.NewEncoder(w).Encode(out)
}

// Dimensions are the dimensions that all datasets of an indicator have.
func Dimensions(m *belvedere.Model, i *belvedere.Indicator) string {
	datasets := semantic.DatasetsOf(i)
	if len(datasets) == 0 {
		return ""
	}
	var names []string
	for _, dim := range m.Dataset(datasets[0]).Dimensions {
		everywhere := true
		for _, other := range datasets[1:] {
			everywhere = everywhere && m.Dataset(other).Dimension(dim.Name) != nil
		}
		if everywhere {
			names = append(names, dim.Name)
		}
	}
	return strings.Join(names, ", ")
}
