package webtest

import (
	"fmt"
	"math"
	"time"

	"belvedere"
	"belvedere/internal/territory/report"
)

// block adds the answer of one declared block to a view.
func (f *Reports) block(v *report.PageView, b *belvedere.Block) {
	switch {
	case b.Strip != nil:
		v.Blocks = append(v.Blocks, report.BlockView{Figures: figures()})
	case b.Chart != nil:
		c := chartOf(b.Chart)
		v.Blocks = append(v.Blocks, report.BlockView{Chart: c})
		if v.Result == nil {
			v.Result = c.Result
		}
	case b.Table != nil:
		f.table(v, b.Table)
	}
}

// table adds a table: the chosen one when the page shows one at a time.
func (f *Reports) table(v *report.PageView, b *belvedere.TableBlock) {
	if v.Page.Tabs {
		chosen := v.State.Table
		if chosen == "" {
			chosen = "assiduite"
		}
		v.Tabs = append(v.Tabs, report.Tab{Label: b.Label, Address: v.Page.Path + "?tableau=" + b.ID, Current: b.ID == chosen})
		if b.ID != chosen {
			return
		}
	}
	v.Rates = "valeurs"
	if v.State.Rates {
		v.Rates = "taux"
	}
	schools := f.schools()
	if f.NoLines {
		schools = 0
	}
	var r *belvedere.Result
	if b.ID == "moyens" {
		r = wide(schools, v.State.Rates)
	} else {
		r = Table(schools, 13, attendance, v.State.Rates)
	}
	t := &report.TableView{Block: b, Label: b.Label, Result: r, Rates: v.State.Rates, SortKey: "nom", Headers: headers(v, r)}
	if schools > 100 {
		t.Pages = []report.Tab{{Label: "1", Address: v.Page.Path, Current: true}, {Label: "2", Address: v.Page.Path + "?page=2"}}
	}
	v.Result = r
	v.Blocks = append(v.Blocks, report.BlockView{Table: t})
}

// headers sort by the address, as the report makes them.
func headers(v *report.PageView, r *belvedere.Result) []report.HeaderView {
	sorted := v.State.Sort
	if sorted == "" {
		sorted = "nom"
	}
	one := func(key, label, group string) report.HeaderView {
		h := report.HeaderView{Label: label, Group: group, Key: key, Address: v.Page.Path + "?tri=" + key}
		switch sorted {
		case key:
			h.Sort, h.Address = "ascending", v.Page.Path+"?tri=-"+key
		case "-" + key:
			h.Sort = "descending"
		}
		return h
	}
	out := []report.HeaderView{one("nom", "Établissement", "")}
	for _, c := range r.Columns {
		out = append(out, one(c.Key, c.Label, c.Group))
	}
	return out
}

func attendance(i int) (group, label string) {
	labels := []string{"total", "aucune", "1 à 4", "5 à 9", "10 à 19", "20 et +"}
	switch {
	case i == 0:
		return "", "Élèves"
	case i <= 6:
		return "Demi-journées d’absence", labels[i-1]
	}
	return "Retards", labels[(i-7)%6]
}

// wide is the table of seed 001, image 9: more columns than a page holds, postcodes beside names.
func wide(schools int, percent bool) *belvedere.Result {
	heads := [][2]string{{"Personnels", "total"}, {"Personnels", "élèves par administratif"}, {"Personnels", "élèves par vie scolaire"}, {"Personnels", "élèves par accompagnant"},
		{"Enseignants", "total"}, {"Enseignants", "élèves par enseignant"}, {"", "Responsables"},
		{"Élèves", "total"}, {"Élèves", "garçons"}, {"Élèves", "filles"}, {"Élèves", "demi-pensionnaires"}, {"Élèves", "internes"}, {"Élèves", "hors secteur"}, {"Élèves", "transports en commun"},
		{"Classes", "total"}, {"Classes", "élèves par classe"}, {"Salles", "total"}, {"Salles", "occupation"}, {"", "Ordinateurs portables"}, {"", "Tablettes"}}
	r := Table(schools, len(heads), func(i int) (string, string) { return heads[i][0], heads[i][1] }, percent)
	for i := range r.Rows {
		r.Rows[i].Keys[0].Detail = append([]belvedere.Attribute{{Name: "codes_postaux", Value: fmt.Sprintf("99%03d", i%96)}}, r.Rows[i].Keys[0].Detail...)
	}
	return r
}

func figures() []report.FigureView {
	trend := func(values ...float64) (out []report.TrendPoint) {
		for i, v := range values {
			out = append(out, report.TrendPoint{Label: belvedere.SchoolYear(2020 + i).String(), Cell: belvedere.Cell{Value: v}})
		}
		return out
	}
	column := belvedere.ResultColumn{Unit: "élèves"}
	column.Key, column.Indicator = "eleves", "eleves"
	percent := belvedere.ResultColumn{Unit: "%", Percent: true, Decimals: 1}
	return []report.FigureView{
		{Label: "Élèves", Column: column, Cell: belvedere.Cell{Value: 41286}, Context: []string{"dont 20 312 filles"}, Trend: trend(42930, 42611, 42402, 41975, 41590, 41286), Delta: "−304 (−0,7 %)", DeltaWords: "en baisse sur un an", Coverage: "87/96 établissements", Address: "/moyens/par-etablissement"},
		{Label: "Classes", Column: column, Cell: belvedere.Cell{Value: 1642, State: belvedere.Partial}, Context: []string{"25,1 élèves par classe"}, Trend: trend(1661, 1655, 1650, 1640, 1636, 1642), Delta: "+6 (+0,4 %)", DeltaWords: "en hausse sur un an"},
		{Label: "Responsables", Column: column, Cell: belvedere.Cell{State: belvedere.NotShared, Why: "Votre habilitation ne couvre pas cette rubrique."}},
		{Label: "Internes", Column: column, Cell: belvedere.Cell{State: belvedere.Secret, Why: "Moins de cinq élèves sont concernés."}},
		{Label: "Personnels", Column: column, Cell: belvedere.Cell{Value: 0}, Context: []string{"dont aucun accompagnant"}},
		{Label: "Salles", Column: percent, Cell: belvedere.Cell{Value: 0.464}, Context: []string{"du temps ouvert, 2 906 salles"}, Trend: trend(0.44, 0.45, 0.455, 0.46, 0.461, 0.464), Delta: "+1,2 point", DeltaWords: "en hausse sur un an"},
	}
}

func chartOf(b *belvedere.ChartBlock) *report.ChartView {
	c := &report.ChartView{Block: b, Title: "Évolution du nombre d’élèves", Sentence: "De 42 930 à 41 286 élèves, soit −3,8 % en cinq ans."}
	switch b.ID {
	case "jours":
		c.Title = "Quatre semaines, jour par jour"
		c.Result = days([]string{"Élèves", "Responsables", "Enseignants", "Personnels", "Accompagnants"})
	case "supports":
		c.Title = "Par quel support"
		c.Result = Lines("profil", "Profil", []string{"eleve", "responsable", "enseignant"}, []string{"Élèves", "Responsables", "Enseignants"}, []string{"Logiciel", "Web", "Application"},
			func(i, k int) belvedere.Cell {
				if i < 2 && k == 0 {
					return belvedere.Cell{State: belvedere.NotApplicable}
				}
				return belvedere.Cell{Value: float64(1000 * (i + 1) * (k + 1))}
			})
	case "heures":
		c.Title = "Trois semaines, heure par heure"
		c.Result = hours()
	case "niveaux":
		c.Title, c.Sentence = "Élèves par niveau", ""
		c.Result = Lines("niveau", "Niveau", []string{"6eme", "5eme", "4eme", "3eme"}, []string{"6ème", "5ème", "4ème", "3ème"}, []string{"Élèves"},
			func(i, _ int) belvedere.Cell { return belvedere.Cell{Value: float64(10377 - 200*i)} })
	case "carte":
		c.Title, c.Sentence = "Où sont les élèves", ""
		c.Result = places()
	default:
		years, labels := []string{}, []string{}
		for y := belvedere.SchoolYear(2020); y < 2026; y++ {
			years, labels = append(years, fmt.Sprint(int(y))), append(labels, y.String())
		}
		c.Result = Lines("annee", "Année scolaire", years, labels, []string{"Élèves"}, func(i, _ int) belvedere.Cell { return belvedere.Cell{Value: float64(42930 - 329*i)} })
	}
	return c
}

func days(series []string) *belvedere.Result {
	var codes, labels []string
	for i := 0; i < 28; i++ {
		d := belvedere.Date(2025, time.November, 3+i)
		codes, labels = append(codes, d.Format(time.DateOnly)), append(labels, belvedere.LongDate(d))
	}
	return Lines("jour", "Jour", codes, labels, series, func(i, k int) belvedere.Cell {
		if i == 20 {
			return belvedere.Cell{State: belvedere.Expected, Why: "Pas encore reçu."}
		}
		week := 1.0
		if i%7 > 4 {
			week = 0.15
		}
		return belvedere.Cell{Value: math.Round(40000 / float64(k*k+1) * week * (1 + 0.1*math.Sin(float64(i))))}
	})
}

func hours() *belvedere.Result {
	r := days([]string{"Connexions"})
	day := r.Rows
	r.Dims = append(r.Dims, belvedere.ResultDim{Name: "heure", Label: "Heure"})
	r.Rows = nil
	for i := 7; i < 28; i++ {
		for h := 0; h < 24; h++ {
			c := belvedere.Cell{Value: math.Round(day[i].Cells[0].Value / 9 * math.Exp(-math.Pow(float64(h-15)/5, 2)))}
			if day[i].Cells[0].State != belvedere.Value {
				c = day[i].Cells[0]
			}
			keys := append(day[i].Keys[:1:1], belvedere.Key{Code: fmt.Sprint(h), Label: fmt.Sprintf("%d h", h)})
			r.Rows = append(r.Rows, belvedere.ResultRow{Keys: keys, Cells: []belvedere.Cell{c}})
		}
	}
	r.RowCount = len(r.Rows)
	return r
}

func places() *belvedere.Result {
	r := Table(25, 1, func(int) (string, string) { return "", "Élèves" }, false)
	for i := range r.Rows {
		k := &r.Rows[i].Keys[0]
		k.Detail = append(k.Detail, belvedere.Attribute{Name: "latitude", Value: fmt.Sprintf("%.3f", 48+float64(i%5)*0.12)}, belvedere.Attribute{Name: "longitude", Value: fmt.Sprintf("%.3f", -1.9+float64(i/5)*0.15)})
	}
	return r
}
