package web_test

import (
	"context"
	"time"

	"belvedere"
	"belvedere/internal/definition"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

// meanings are the definitions of a model that changes with what is accepted in a registry; there is no
// warehouse to weigh proposals.
func meanings(reg registry.Registry, m *belvedere.Model, now func() time.Time) *definition.Service {
	return definition.New(definition.Config{Registry: reg, Now: now, Model: func(context.Context) (*belvedere.Model, error) { return m, nil }})
}

func noLineage(context.Context, belvedere.Viewer, string) (*report.Lineage, error) {
	return &report.Lineage{Closed: "Rien n’est publié."}, nil
}
