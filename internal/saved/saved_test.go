package saved_test

import (
	"context"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/saved"
	"belvedere/internal/territory/report"
)

// gone answers as a catalogue without what a query names.
type gone struct{}

func (gone) Explore(context.Context, belvedere.Viewer, report.Explore) (*report.ExploreResult, error) {
	return nil, belvedere.Errorf(belvedere.Invalid, "L’indicateur \"eleves\" est inconnu.")
}

// TestOwnerLeaves wants a query to outlive the account that made it: who it is shared with opens it, an
// administrator changes, shares and removes it, and nobody else learns of one that was private.
func TestOwnerLeaves(t *testing.T) {
	reg, err := registry.OpenSQLite(t.Context(), t.TempDir()+"/registre.sqlite")
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	s := saved.New(saved.Config{Registry: reg, Explorer: func() saved.Explorer { return gone{} }})
	left := belvedere.Viewer{ID: 7, Name: "Anne RIOU", Kind: belvedere.AccountViewer, Grants: []belvedere.Grant{{Account: 7, Capability: belvedere.Author}}}
	reader := belvedere.Viewer{ID: 8, Name: "Paul KERVELLA", Kind: belvedere.AccountViewer}
	admin := belvedere.Viewer{ID: 9, Name: "Claire MORVAN", Kind: belvedere.AccountViewer, Admin: true}
	draft := saved.Draft{Title: "Élèves par type", State: "indicateurs=eleves&lignes=type&filtre.secteur=public", Parameters: []string{"annee"}}
	shared, err := s.Create(t.Context(), left, draft)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Share(t.Context(), left, shared.ID, saved.Sharing{With: registry.SharedAll}); err != nil {
		t.Fatal(err)
	}
	private, err := s.Create(t.Context(), left, draft)
	if err != nil {
		t.Fatal(err)
	}
	// No account 7 asks from now on.
	if q, err := s.Find(t.Context(), reader, shared.ID); err != nil || q.Edits || q.OwnerName != "Anne RIOU" {
		t.Errorf("a reader finds %+v, %v", q, err)
	}
	if _, err := s.Find(t.Context(), reader, private.ID); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("a private query of someone who left is told to a reader: %v", err)
	}
	draft.Title = "Élèves par type, repris"
	if q, err := s.Save(t.Context(), admin, shared.ID, 1, draft); err != nil || q.Version != 2 || q.OwnerName != "Anne RIOU" {
		t.Errorf("an administrator mends %+v, %v", q, err)
	}
	if _, err := s.Save(t.Context(), reader, shared.ID, 2, draft); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("a reader changes a query of someone who left: %v", err)
	}
	// An indicator that is gone is a refusal that says so, with the query at hand to offer its choices.
	q, _, err := s.Run(t.Context(), reader, shared.ID, nil, false)
	if belvedere.KindOf(err) != belvedere.Invalid || q == nil || q.Parameters[0] != "annee" {
		t.Errorf("a query whose indicator is gone: %+v, %v", q, err)
	}
	if _, err := s.Delete(t.Context(), admin, private.ID); err != nil {
		t.Errorf("an administrator cannot remove what nobody owns: %v", err)
	}
}
