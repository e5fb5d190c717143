package admin_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
)

func TestCreateUser(t *testing.T) {
	o := newOffice(t, 6)
	a := o.hire(t, "Jean-Luc", "d’Arc", func(f *admin.UserForm) { f.Schools = []string{string(school(2)), string(school(1)), string(school(2))} })
	if a.Login != "Jean-Luc@DARC" || a.State != registry.Invited || !a.AllWidgets || a.Place != registry.InTerritory {
		t.Errorf("created %+v", a)
	}
	if !slices.Equal(a.Schools, []belvedere.UAI{school(1), school(2)}) {
		t.Errorf("schools %v, want both once, sorted", a.Schools)
	}
	again := o.hire(t, "Jean-Luc", "Darc")
	if again.Login != "Jean-Luc@DARC2" {
		t.Errorf("login %s, want a number after the one that is taken", again.Login)
	}
	if want := []string{"invite Jean-Luc@DARC", "invite Jean-Luc@DARC2"}; !slices.Equal(o.post.sent, want) {
		t.Errorf("sent %v, want %v", o.post.sent, want)
	}
}

func TestCreateUserWhoseInvitationCannotLeave(t *testing.T) {
	o := newOffice(t, 1)
	o.post.fails = true
	a, err := o.Create(t.Context(), admin.UserForm{FirstName: "Inès", LastName: "Caron", Email: "ines@exemple.fr"})
	wantKind(t, err, belvedere.Unavailable)
	if _, err := o.reg.Account(t.Context(), a.ID); err != nil {
		t.Errorf("the account is not there: %v", err)
	}
}

// refusedUsers are forms that are wrong in one field.
var refusedUsers = []struct {
	name, field string
	change      func(*admin.UserForm)
}{
	{"no name", "nom", func(f *admin.UserForm) { f.LastName = " " }},
	{"no first name", "prenom", func(f *admin.UserForm) { f.FirstName = "" }},
	{"81 letters", "nom", func(f *admin.UserForm) { f.LastName = strings.Repeat("é", 81) }},
	{"10,000 letters", "prenom", func(f *admin.UserForm) { f.FirstName = strings.Repeat("x", 10_000) }},
	{"line break", "nom", func(f *admin.UserForm) { f.LastName = "Caron\r\nBcc: x" }},
	{"bidi", "nom", func(f *admin.UserForm) { f.LastName = "Ca\u202eron" }},
	{"invalid UTF-8", "nom", func(f *admin.UserForm) { f.LastName = "Ca\xffron" }},
	{"formula", "nom", func(f *admin.UserForm) { f.LastName = "=1+1" }},
	{"no address", "mail", func(f *admin.UserForm) { f.Email = "" }},
	{"address with a name", "mail", func(f *admin.UserForm) { f.Email = "Inès <ines@exemple.fr>" }},
	{"two addresses", "mail", func(f *admin.UserForm) { f.Email = "a@exemple.fr, b@exemple.fr" }},
	{"address with a line break", "mail", func(f *admin.UserForm) { f.Email = "ines@exemple.fr\nBcc: x@exemple.fr" }},
	{"long address", "mail", func(f *admin.UserForm) { f.Email = strings.Repeat("a", 250) + "@exemple.fr" }},
	{"taken address, other case", "mail", func(f *admin.UserForm) { f.Email = "PAUL.legall@Exemple.fr" }},
	{"login with a space", "identifiant", func(f *admin.UserForm) { f.Login = "Inès CARON" }},
	{"login with markup", "identifiant", func(f *admin.UserForm) { f.Login = "<b>ines" }},
	{"login of two letters", "identifiant", func(f *admin.UserForm) { f.Login = "ab" }},
	{"login in Cyrillic", "identifiant", func(f *admin.UserForm) { f.Login = "Inеs@CARON" }},
	{"address of another as a login", "identifiant", func(f *admin.UserForm) { f.Login = "paul.legall@exemple.fr" }},
	{"login that starts with a sign", "identifiant", func(f *admin.UserForm) { f.Login = "@ines" }},
	{"taken login", "identifiant", func(f *admin.UserForm) { f.Login = "claire@morvan" }},
	{"long function", "fonction", func(f *admin.UserForm) { f.Function = strings.Repeat("x", 121) }},
	{"unknown place", "place", func(f *admin.UserForm) { f.Place = "partout" }},
	{"administrator in a school", "administrateur", func(f *admin.UserForm) { f.Place, f.Admin = registry.InSchool, true }},
	{"all schools from a school", "portee", func(f *admin.UserForm) { f.Place, f.AllSchools = registry.InSchool, true }},
	{"unknown school", "etablissement", func(f *admin.UserForm) { f.Schools = []string{string(school(77))} }},
	{"false letter", "etablissement", func(f *admin.UserForm) { f.Schools = []string{"0990001Z"} }},
	{"unknown group", "groupe", func(f *admin.UserForm) { f.Groups = []int64{5} }},
}

func TestUserFormIsRefused(t *testing.T) {
	o := newOffice(t, 3)
	o.hire(t, "Paul", "Legall")
	good := admin.UserForm{FirstName: "Inès", LastName: "Caron", Email: "ines@exemple.fr"}
	for _, c := range refusedUsers {
		t.Run(c.name, func(t *testing.T) {
			f := good
			c.change(&f)
			_, err := o.Create(t.Context(), f)
			wantKind(t, err, belvedere.Invalid)
			var flaws admin.Flaws
			if !errors.As(err, &flaws) || flaws[0].Field != c.field {
				t.Errorf("flaws %v, want one of %s", err, c.field)
			}
		})
	}
	if _, total, _ := o.List(t.Context(), o.by, registry.AccountFilter{}, registry.Page{}); total != 2 {
		t.Errorf("%d accounts after refusals, want 2", total)
	}
	if len(o.post.sent) != 1 {
		t.Errorf("sent %v after refusals", o.post.sent)
	}
}

func TestInternationalAddressesAndNames(t *testing.T) {
	o := newOffice(t, 1)
	for _, f := range []admin.UserForm{
		{FirstName: "Zoë", LastName: "Ångström", Email: "zoë@académie-exemple.fr"},
		{FirstName: "李", LastName: "小龍", Email: "li@xn--exemple-fya.fr"},
		{FirstName: "Nour", LastName: "محمد", Email: "nour+console@exemple.fr"},
	} {
		if _, err := o.Create(t.Context(), f); err != nil {
			t.Errorf("%s: %v", f.Email, err)
		}
	}
}

func TestUpdateUserByTwo(t *testing.T) {
	o := newOffice(t, 6)
	a := o.hire(t, "Inès", "Caron")
	mine, theirs := admin.FormOf(a), admin.FormOf(a)
	theirs.Function, theirs.Schools = "Chargée de mission", []string{string(school(3))}
	if _, _, err := o.Update(t.Context(), o.by, a.ID, theirs); err != nil {
		t.Fatal(err)
	}
	err := o.reg.AppendJournal(t.Context(), []registry.Entry{{At: time.Now(), Login: "Marc@PETIT", Action: "utilisateur", Object: admin.UserObject(a), Result: "fait"}},
		func(string, *registry.Entry) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	mine.LastName = "Caron-Petit"
	_, _, err = o.Update(t.Context(), o.by, a.ID, mine)
	wantKind(t, err, belvedere.Conflict)
	var stale *admin.Stale
	if !errors.As(err, &stale) || stale.By != "Marc@PETIT" {
		t.Fatalf("stale %+v, want one that names who changed it", stale)
	}
	var labels []string
	for _, d := range stale.Differences {
		labels = append(labels, d.Label+" "+d.Before+" → "+d.After)
	}
	want := []string{"Nom Caron → Caron-Petit", "Fonction Chargée de mission → (vide)", "Établissements 1, dont " + string(school(3)) + " COLLEGE D → 0"}
	if !slices.Equal(labels, want) {
		t.Errorf("differences %q, want %q", labels, want)
	}
	if kept, _ := o.reg.Account(t.Context(), a.ID); kept.LastName != "Caron" || kept.Function != "Chargée de mission" {
		t.Errorf("half done: %+v", kept)
	}
	mine.Version = stale.Kept.Version
	if _, after, err := o.Update(t.Context(), o.by, a.ID, mine); err != nil || after.LastName != "Caron-Petit" {
		t.Errorf("after having compared: %+v, %v", after, err)
	}
}

func TestManyUpdateOneUserAtOnce(t *testing.T) {
	o := newOffice(t, 30)
	a := o.hire(t, "Inès", "Caron")
	const hands = 12
	var wg sync.WaitGroup
	won := make(chan int, hands)
	for i := range hands {
		wg.Go(func() {
			f := admin.FormOf(a)
			f.Function, f.Schools = strings.Repeat("x", i+1), []string{string(school(i)), string(school(i + hands))}
			_, _, err := o.Update(t.Context(), o.by, a.ID, f)
			switch {
			case err == nil:
				won <- i
			case belvedere.KindOf(err) != belvedere.Conflict:
				t.Errorf("hand %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	close(won)
	if len(won) != 1 {
		t.Fatalf("%d hands won, want one", len(won))
	}
	i := <-won
	kept, _ := o.reg.Account(t.Context(), a.ID)
	if len(kept.Function) != i+1 || !slices.Equal(kept.Schools, []belvedere.UAI{school(i), school(i + hands)}) {
		t.Errorf("kept %+v, want all of hand %d", kept, i)
	}
}

func TestWidgets(t *testing.T) {
	o := newOffice(t, 1)
	a := o.hire(t, "Marc", "Petit")
	_, after, err := o.SetWidgets(t.Context(), a.ID, a.Version, false, []string{"travaux", "moyens.eleves", "travaux"})
	if err != nil || after.AllWidgets || !slices.Equal(after.Widgets, []string{"moyens.eleves", "travaux"}) {
		t.Fatalf("%+v, %v", after, err)
	}
	if got, want := o.Changes(t.Context(), a, after), "Rubriques\u00a0: 4, dont Moyens généraux > Classes, Social > Discipline → 2"; got != want {
		t.Errorf("changes %q, want %q", got, want)
	}
	_, _, err = o.SetWidgets(t.Context(), a.ID, after.Version, false, []string{"admin"})
	wantKind(t, err, belvedere.Invalid)
	_, _, err = o.SetWidgets(t.Context(), a.ID, a.Version, true, nil)
	wantKind(t, err, belvedere.Conflict)
	if kept, _ := o.reg.Account(t.Context(), a.ID); kept.AllWidgets {
		t.Error("a form of a former version was written")
	}
}

func TestListTellsWhatEachManages(t *testing.T) {
	o := newOffice(t, 15)
	_, group, err := o.groups.Put(t.Context(), 0, admin.GroupForm{Name: "Lycées", Rule: "type", Values: []string{"LYCEE"}})
	if err != nil {
		t.Fatal(err)
	}
	o.hire(t, "Marc", "Petit", func(f *admin.UserForm) {
		f.Groups, f.Schools = []int64{group.ID}, []string{string(school(0)), string(school(1))}
	})
	o.hire(t, "Alice", "Abel", func(f *admin.UserForm) { f.AllSchools = true })
	o.hire(t, "Dora", "Prot", func(f *admin.UserForm) { f.Auditor = true })
	list, total, err := o.List(t.Context(), o.by, registry.AccountFilter{}, registry.Page{})
	if err != nil || total != 4 {
		t.Fatalf("%d users, %v", total, err)
	}
	got := map[string]admin.User{}
	for _, u := range list {
		got[u.LastName] = u
	}
	if u := got["Petit"]; u.Managed != 6 || u.Everything || u.OwesFactor {
		t.Errorf("Petit: %d schools, everything %v, owes %v; want 6 (5 of the group, one of them twice, and one)", u.Managed, u.Everything, u.OwesFactor)
	}
	if !got["Abel"].Everything || !got["Morvan"].Everything || !got["Morvan"].Self || !got["Morvan"].OwesFactor || !got["Prot"].OwesFactor {
		t.Errorf("marks: %+v", got)
	}
	if list, _, _ := o.List(t.Context(), o.by, registry.AccountFilter{Text: "pétit"}, registry.Page{}); len(list) != 1 {
		t.Errorf("search finds %d", len(list))
	}
}
