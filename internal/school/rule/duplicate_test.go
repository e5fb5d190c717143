package rule

import (
	"slices"
	"testing"
)

func TestGrade(t *testing.T) {
	base := Guardian{Civility: "Mme", Name: "FERRY", First: "Claire", Mobile: "+33639980001", Mail: "claire.ferry@exemple.example", Address: "12 RUE", children: []child{{1, "10"}}}
	for _, c := range []struct {
		name   string
		change func(g *Guardian)
		want   Certainty
		clues  []string
	}{
		{"all the same", func(g *Guardian) {}, Certain, []string{"mel", "portable", "adresse"}},
		{"mobile alone", func(g *Guardian) { g.Mail, g.Address = "", "" }, Certain, []string{"portable"}},
		{"mobile in another form", func(g *Guardian) { g.Mobile, g.Mail, g.Address = "06 39 98 00 01", "", "" }, Certain, []string{"portable"}},
		{"mail alone, in capitals", func(g *Guardian) { g.Mail, g.Mobile, g.Address = "Claire.Ferry@EXEMPLE.example", "", "" }, Certain, []string{"mel"}},
		{"address alone", func(g *Guardian) { g.Mobile, g.Mail = "", "" }, Probable, []string{"adresse"}},
		{"nothing but the name", func(g *Guardian) { g.Mobile, g.Mail, g.Address = "", "", "" }, Possible, nil},
		{"same roof, own mobile: father and son, mother and daughter", func(g *Guardian) { g.Mobile, g.Mail = "0639980002", "" }, Possible, []string{"adresse"}},
		{"accents and hyphens", func(g *Guardian) { g.Name, g.First = "Férry", "CLAIRE" }, Certain, []string{"mel", "portable", "adresse"}},
		{"by her name in use", func(g *Guardian) { g.Name, g.Usage = "MOREL", "FERRY" }, Certain, []string{"mel", "portable", "adresse"}},
		{"a slip in the first name, same mobile", func(g *Guardian) { g.First = "Clarie" }, Probable, []string{"nom_proche", "mel", "portable", "adresse"}},
		{"a slip in the first name, same address", func(g *Guardian) { g.First, g.Mobile, g.Mail = "Clarie", "", "" }, "", nil},
		{"another first name, same mobile", func(g *Guardian) { g.First = "Louise" }, "", nil},
		{"another name, same address", func(g *Guardian) { g.Name = "MOREL" }, "", nil},
		{"another title", func(g *Guardian) { g.Civility = "M." }, "", nil},
		{"another birth", func(g *Guardian) { g.Birth = "1990-01-01" }, "", nil},
		{"the same child, the same kinship", func(g *Guardian) { g.children, g.Mobile, g.Mail, g.Address = []child{{1, "10"}}, "", "", "" }, Probable, []string{"enfant"}},
		{"the same child, another kinship", func(g *Guardian) { g.children = []child{{1, "38"}} }, "", nil},
	} {
		a, b := base, base
		a.ID, b.ID, a.Birth = 1, 2, "1980-05-05"
		b.children = []child{{2, "10"}}
		c.change(&b)
		a.fold()
		b.fold()
		for _, pair := range [][2]*Guardian{{&a, &b}, {&b, &a}} {
			got, clues, ok := grade(pair[0], pair[1])
			if got != c.want || ok != (c.want != "") || !slices.Equal(clues, c.clues) {
				t.Errorf("%s: %q %v, want %q %v", c.name, got, clues, c.want, c.clues)
			}
		}
	}
}

func TestPairsFindEachOnce(t *testing.T) {
	list := []*Guardian{
		{ID: 4, Name: "FERRY", First: "Claire", Mobile: "0639980001", Address: "A"}, {ID: 2, Name: "Ferry", First: "CLAIRE", Mobile: "0639980001", Address: "A"},
		{ID: 9, Name: "MOREL", Usage: "FERRY", First: "Claire"}, {ID: 7, Name: "MOREL", First: "Jean", Address: "A"}, {ID: 8, Name: "DURAND", First: "Zoé"},
	}
	for _, g := range list {
		g.fold()
	}
	var got [][2]int64
	for _, d := range pairs(list) {
		got = append(got, [2]int64{d.A.ID, d.B.ID})
	}
	if want := [][2]int64{{2, 4}, {2, 9}, {4, 9}}; !slices.Equal(got, want) {
		t.Errorf("pairs %v, want %v", got, want)
	}
}
