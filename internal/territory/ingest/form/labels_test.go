package form

import (
	"slices"
	"testing"

	"belvedere"
)

// A published file names members beside their codes; a later one renames them, and what a label looks like
// takes no row from the code that is written so.
func TestPublishedFilesNameMembers(t *testing.T) {
	list := &belvedere.CodeList{Name: "services", Label: "Service", Open: true}
	model := &belvedere.Model{CodeLists: map[string]*belvedere.CodeList{"services": list}}
	model.Share(&belvedere.Members{})
	read := func(rows ...[2]string) (codes []string, fresh, renamed []belvedere.Member) {
		var l learner
		for _, r := range rows {
			code, p := newCodes("service", list, &l).find([]byte(r[0]))
			if p != nil {
				t.Fatal(p.message)
			}
			codes = append(codes, code.(string))
			l.name(list, code.(string), r[1])
		}
		fresh, renamed = l.members(), l.renamed()
		model.Members().Add(fresh)
		var list []belvedere.Naming
		for _, m := range renamed {
			list = append(list, belvedere.Naming{Member: m})
		}
		model.Members().Rename(list)
		return codes, fresh, renamed
	}
	long := "Service commun de la documentation et des archives, site nord"
	codes, fresh, _ := read([2]string{"DSI", "Informatique"}, [2]string{"RH", ""}, [2]string{long, "Documentation"})
	if len(fresh) != 3 || fresh[0].Label != "Informatique" || fresh[1].Label != "RH" || fresh[2].Label != "Documentation" {
		t.Errorf("%v %+v", codes, fresh)
	}
	again, fresh, renamed := read([2]string{"DSI", "RH"}, [2]string{"RH", "Ressources humaines"}, [2]string{long, ""}, [2]string{"DSI", ""})
	if len(fresh) != 0 || len(renamed) != 2 || again[2] != codes[2] {
		t.Errorf("%v then %v: %+v %+v", codes, again, fresh, renamed)
	}
	// "RH" is now the label of DSI, and "Informatique" what it was called: the code RH keeps its rows.
	third, fresh, _ := read([2]string{"RH", ""}, [2]string{"Informatique", ""}, [2]string{"Ressources humaines", ""})
	if !slices.Equal(third, []string{"RH", "DSI", "RH"}) || len(fresh) != 0 {
		t.Errorf("%v %+v", third, fresh)
	}
	read([2]string{"RH", "quelquun@exemple.example"})
	if got := list.Find("RH").Label; got != "Ressources humaines" {
		t.Errorf("a mail became the label %q", got)
	}
}
