package dashboard_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/dashboard"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

func service(t *testing.T) *dashboard.Service {
	t.Helper()
	r, err := registry.Open(t.Context(), filepath.Join(t.TempDir(), "registre.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return dashboard.New(dashboard.Config{Registry: r, Model: model(t), Reports: func() *report.Reporter { return nil },
		Shipped: []*belvedere.Dashboard{{Code: "direction", Title: "Direction", Widgets: []belvedere.Tile{{ID: "a", Kind: belvedere.FigureTile, Question: "indicateurs=eleves", Width: 3}}}}})
}

func person(id int64, can ...belvedere.Capability) belvedere.Viewer {
	v := belvedere.Viewer{ID: id, Login: fmt.Sprint("compte", id), Name: fmt.Sprint("Personne ", id), Kind: belvedere.AccountViewer}
	for _, c := range can {
		v.Grants = append(v.Grants, belvedere.Grant{Capability: c})
	}
	return v
}

func kinds(t *testing.T, want belvedere.Kind, errs map[string]error) {
	t.Helper()
	for name, err := range errs {
		if err == nil || belvedere.KindOf(err) != want {
			t.Errorf("%s: %v, want kind %v", name, err, want)
		}
	}
}

// TestWhoMay wants a dashboard to be absent for whoever may not open it, and closed to changes by
// whoever may only read it.
func TestWhoMay(t *testing.T) {
	ctx, s := t.Context(), service(t)
	owner, other, reader := person(1, belvedere.Author), person(2, belvedere.Author), person(3)
	inSchool := person(4)
	inSchool.School, inSchool.Scope.Own = true, []belvedere.UAI{"0350017D"}
	b, err := s.Copy(ctx, owner, "direction")
	if err != nil || b.Held.Origin != "direction" || b.Title != "Direction (copie)" || !b.Mine || !b.Edits {
		t.Fatalf("copy %+v, %v", b, err)
	}
	_, notAuthor := s.Copy(ctx, reader, "direction")
	kinds(t, belvedere.Forbidden, map[string]error{"reader composes": notAuthor})
	opens := func(what string, want ...belvedere.Viewer) {
		t.Helper()
		for _, v := range []belvedere.Viewer{owner, other, reader, inSchool, {}} {
			_, err := s.Find(ctx, v, b.Ref)
			may := slices.ContainsFunc(want, func(w belvedere.Viewer) bool { return w.ID == v.ID })
			if may != (err == nil) || err != nil && belvedere.KindOf(err) != belvedere.NotFound {
				t.Errorf("%s: account %d: %v", what, v.ID, err)
			}
			list, err := s.List(ctx, v, "copie")
			if err != nil || (len(list) == 1) != may {
				t.Errorf("%s: account %d lists %d, %v", what, v.ID, len(list), err)
			}
		}
	}
	share := func(to dashboard.Sharing) {
		t.Helper()
		if _, err := s.Share(ctx, owner, b.Ref, to); err != nil {
			t.Fatal(err)
		}
	}
	opens("private", owner)
	share(dashboard.Sharing{Kind: registry.SharedChosen, Schools: []string{"0350017D", " "}})
	opens("to a school", owner, inSchool)
	share(dashboard.Sharing{Kind: registry.SharedAll})
	opens("to all", owner, other, reader, inSchool)
	_, altered := s.Alter(ctx, other, b.Ref, 0, dashboard.Remove("a"))
	_, shared := s.Share(ctx, other, b.Ref, dashboard.Sharing{Kind: registry.SharedNobody})
	_, deleted := s.Delete(ctx, other, b.Ref)
	_, shipped := s.Alter(ctx, owner, "direction", 0, dashboard.Remove("a"))
	_, verified := s.Verify(ctx, owner, b.Ref, 1, true)
	retired := person(1) // whose grant has ended
	_, ended := s.Alter(ctx, retired, b.Ref, 0, dashboard.Remove("a"))
	kinds(t, belvedere.Forbidden, map[string]error{"altered": altered, "shared": shared, "deleted": deleted, "shipped": shipped, "verified": verified, "ended": ended})
	if _, err := s.Verify(ctx, person(9, belvedere.DataOfficer), b.Ref, 1, true); err != nil {
		t.Error(err)
	}
	_, nobody := s.Share(ctx, owner, b.Ref, dashboard.Sharing{Kind: registry.SharedChosen})
	_, unknown := s.Share(ctx, owner, b.Ref, dashboard.Sharing{Kind: registry.SharedChosen, Logins: []string{"Nul@PART"}})
	kinds(t, belvedere.Invalid, map[string]error{"nobody": nobody, "unknown": unknown})
	if _, err := s.Delete(ctx, retired, b.Ref); err != nil { // one's own may always go
		t.Error(err)
	}
}

// TestVersions saves, undoes, comes back, and refuses what comes too late.
func TestVersions(t *testing.T) {
	ctx, s, v := t.Context(), service(t), person(1, belvedere.Author)
	b, err := s.Create(ctx, v, belvedere.Dashboard{Title: "Essai"}, "")
	if err != nil {
		t.Fatal(err)
	}
	alter := func(after int, c dashboard.Change) *dashboard.Edit {
		t.Helper()
		e, err := s.Alter(ctx, v, b.Ref, after, c)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	alter(0, dashboard.Add(belvedere.Tile{Kind: belvedere.TextTile, Text: "<script>alert(1)</script>"}))
	e := alter(1, dashboard.Add(belvedere.Tile{Kind: belvedere.FigureTile, Question: "indicateurs=eleves"}))
	if len(e.Draft.Widgets) != 2 || e.Draft.Widgets[1].Width != 3 || !strings.Contains(e.Said, "place 2 sur 2") {
		t.Fatalf("draft %+v, %s", e.Draft, e.Said)
	}
	_, late := s.Alter(ctx, v, b.Ref, 1, dashboard.Remove("e1"))
	_, lateSave := s.Save(ctx, v, b.Ref, 1, "")
	kinds(t, belvedere.Conflict, map[string]error{"second window": late, "late save": lateSave})
	_, bad := s.Alter(ctx, v, b.Ref, 2, dashboard.Add(belvedere.Tile{Kind: belvedere.FigureTile, Question: "indicateurs=nope"}))
	_, two := s.Alter(ctx, v, b.Ref, 2, dashboard.Add(belvedere.Tile{Kind: belvedere.FigureTile, Question: "indicateurs=eleves,classes"}))
	_, dim := s.Alter(ctx, v, b.Ref, 2, dashboard.Add(belvedere.Tile{Kind: belvedere.ViewTile, Question: "indicateurs=eleves&lignes=nope"}))
	_, kind := s.Alter(ctx, v, b.Ref, 2, dashboard.Add(belvedere.Tile{Kind: "camembert"}))
	_, filter := s.Alter(ctx, v, b.Ref, 2, dashboard.Name("T", "", []string{"nope"}))
	kinds(t, belvedere.Invalid, map[string]error{"indicator": bad, "two": two, "dimension": dim, "kind": kind, "filter": filter})
	if plain, err := s.Find(ctx, v, b.Ref); err != nil || len(plain.Widgets) != 0 {
		t.Errorf("a draft shows: %+v, %v", plain, err)
	}
	saved, err := s.Save(ctx, v, b.Ref, 2, "Premiers éléments.")
	if err != nil || saved.Held.Version != 2 || len(saved.Widgets) != 2 {
		t.Fatalf("saved %+v, %v", saved, err)
	}
	alter(0, dashboard.Remove("e1"))
	alter(1, dashboard.Name("Autre", "", nil))
	if err := s.Undo(ctx, v, b.Ref, false); err != nil {
		t.Fatal(err)
	}
	if e, err := s.Open(ctx, v, b.Ref); err != nil || e.Draft.Title != "Essai" || len(e.Draft.Widgets) != 1 || e.Step != 1 {
		t.Errorf("after undo %+v, %v", e, err)
	}
	admin := belvedere.Viewer{ID: 7, Kind: belvedere.AccountViewer, Admin: true, Name: "Admin"}
	if _, err := s.Replace(ctx, admin, b.Ref, belvedere.Dashboard{Title: "Remplacé"}); err != nil {
		t.Fatal(err)
	}
	e, err = s.Open(ctx, v, b.Ref)
	if err != nil || !e.Stale() {
		t.Errorf("another version was saved: %+v, %v", e, err)
	}
	_, stale := s.Save(ctx, v, b.Ref, 1, "")
	kinds(t, belvedere.Conflict, map[string]error{"stale": stale})
	if back, err := s.Revert(ctx, v, b.Ref, 2); err != nil || len(back.Widgets) != 2 || back.Held.Version != 4 || back.Title != "Essai" {
		t.Errorf("reverted %+v, %v", back, err)
	}
	_, list, err := s.Versions(ctx, v, b.Ref)
	if err != nil || len(list) != 4 || list[0].Note != "retour à la version 2" {
		t.Errorf("versions %+v, %v", list, err)
	}
}

// TestMoves wants every gesture to keep each element once, and the opposite one to bring a
// neighbour back.
func TestMoves(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		d := belvedere.Dashboard{}
		for i := range 1 + r.IntN(12) {
			d.Widgets = append(d.Widgets, belvedere.Tile{ID: fmt.Sprint("e", i), Kind: belvedere.HeadingTile, Title: "T", Width: r.IntN(14)})
		}
		ids := func() []string {
			var out []string
			for _, w := range d.Widgets {
				out = append(out, w.ID)
			}
			return out
		}
		before := ids()
		id := before[r.IntN(len(before))]
		at := slices.Index(before, id)
		if _, err := dashboard.Move(id, []dashboard.Direction{dashboard.Left, dashboard.Right, dashboard.Up, dashboard.Down}[r.IntN(4)])(&d); err != nil {
			t.Fatal(err)
		}
		after := ids()
		if sorted := slices.Sorted(slices.Values(after)); !slices.Equal(sorted, slices.Sorted(slices.Values(before))) {
			t.Fatalf("%v became %v", before, after)
		}
		if _, err := dashboard.MoveTo(id, at)(&d); err != nil || !slices.Equal(ids(), before) {
			t.Fatalf("%v, then %v, then %v, %v", before, after, ids(), err)
		}
	}
	line := belvedere.Dashboard{Widgets: []belvedere.Tile{{ID: "a", Width: 6}, {ID: "b", Width: 6}, {ID: "c", Width: 6}, {ID: "d", Width: 6}}}
	if _, err := dashboard.Move("d", dashboard.Up)(&line); err != nil || line.Widgets[1].ID != "d" {
		t.Errorf("up goes to the place above: %+v, %v", line.Widgets, err)
	}
}
