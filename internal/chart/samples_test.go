package chart

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"belvedere"
)

// Fictional results, as report gives them: rows are the axis, columns the series.

func dim(name, label string) belvedere.ResultDim {
	return belvedere.ResultDim{Name: name, Label: label}
}

func column(key, label, unit string, where ...string) belvedere.ResultColumn {
	c := belvedere.ResultColumn{Unit: unit}
	c.Key, c.Indicator, c.Label = key, key, label
	for i := 0; i+1 < len(where); i += 2 {
		c.Where = append(c.Where, belvedere.Filter{Dim: where[i], Values: []string{where[i+1]}})
	}
	return c
}

func percent(key, label string) belvedere.ResultColumn {
	c := column(key, label, "%")
	c.Percent, c.Decimals = true, 1
	return c
}

func row(code, label string, cells ...belvedere.Cell) belvedere.ResultRow {
	return belvedere.ResultRow{Keys: []belvedere.Key{{Code: code, Label: label}}, Cells: cells}
}

func val(v float64) belvedere.Cell { return belvedere.Cell{Value: v} }

func part(v float64) belvedere.Cell {
	return belvedere.Cell{State: belvedere.Partial, Value: v, Covered: 87, Expected: 96, Why: "Neuf établissements n’ont rien livré."}
}

func none(s belvedere.State) belvedere.Cell { return belvedere.Cell{State: s} }

func years(values ...belvedere.Cell) *belvedere.Result {
	r := &belvedere.Result{Dims: []belvedere.ResultDim{dim("annee", "Année")}, Columns: []belvedere.ResultColumn{column("eleves", "Élèves", "élèves")}}
	for i, c := range values {
		y := strconv.Itoa(2020 + i)
		r.Rows = append(r.Rows, row(y, y, c))
	}
	return r
}

func sampleYears() *belvedere.Result {
	return years(val(42930), val(42611), val(42402), val(41975), val(41590), part(41286))
}

// sampleCompare is an evolution with its comparison at constant perimeter.
func sampleCompare() *belvedere.Result {
	r := sampleYears()
	r.Columns = append(r.Columns, column("constant", "Les 84 présents chaque année", "élèves"))
	for i, v := range []float64{41370, 41300, 41180, 41020, 40890, 40702} {
		r.Rows[i].Cells = append(r.Rows[i].Cells, val(v))
	}
	return r
}

var profiles = []struct{ code, label string }{
	{"eleves", "Élèves"}, {"responsables", "Responsables"}, {"enseignants", "Enseignants"}, {"personnels", "Personnels"}, {"accompagnants", "Accompagnants"},
}

// sampleDays is four weeks of connections by profile, with three days not received and one
// profile withheld for two days.
func sampleDays() *belvedere.Result {
	r := &belvedere.Result{Dims: []belvedere.ResultDim{dim("jour", "Jour")}}
	base := []float64{38000, 14000, 7600, 3900, 620}
	for _, p := range profiles {
		r.Columns = append(r.Columns, column("connexions_"+p.code, p.label, "connexions", "profil", p.code))
	}
	for i := 0; i < 28; i++ {
		d := belvedere.Date(2025, time.November, 3+i)
		cells := make([]belvedere.Cell, len(base))
		for j, b := range base {
			v := b * (1 + .06*math.Sin(float64(i*7+j)))
			switch {
			case d.Weekday() == time.Saturday:
				v *= .16
			case d.Weekday() == time.Sunday:
				v *= .3
			case d.Day() == 11:
				v *= .13
			case d.Weekday() == time.Wednesday:
				v *= .83
			}
			cells[j] = val(math.Round(v))
			if d.Day() >= 18 && d.Day() <= 20 {
				cells[j] = none(belvedere.Expected)
			}
			if j == 3 && (d.Day() == 24 || d.Day() == 25) {
				cells[j] = none(belvedere.Secret)
			}
		}
		r.Rows = append(r.Rows, row(d.Format("2006-01-02"), belvedere.ShortDate(d), cells...))
	}
	return r
}

// sampleMonths has two units and generic series.
func sampleMonths() *belvedere.Result {
	r := &belvedere.Result{Dims: []belvedere.ResultDim{dim("mois", "Mois")}}
	names := []string{"6ème", "5ème", "4ème", "3ème", "Segpa"}
	for _, n := range names {
		r.Columns = append(r.Columns, column("abs_"+n, n, "demi-journées"))
	}
	r.Columns = append(r.Columns, percent("taux", "Taux d’absence"))
	for i := 0; i < 15; i++ {
		d := belvedere.Date(2024, time.September+time.Month(i), 1)
		var cells []belvedere.Cell
		for j := range names {
			cells = append(cells, val(math.Round(1800+300*float64(j)+900*math.Sin(float64(i)/2+float64(j)/3))))
		}
		c := val(.052 + .012*math.Sin(float64(i)/2))
		if i == 10 || i == 11 {
			c = none(belvedere.NotApplicable)
		}
		r.Rows = append(r.Rows, row(d.Format("2006-01"), belvedere.MonthName(d), append(cells, c)...))
	}
	return r
}

func sampleLevels() *belvedere.Result {
	r := &belvedere.Result{Dims: []belvedere.ResultDim{dim("niveau", "Niveau")}}
	r.Columns = []belvedere.ResultColumn{column("eleves", "Élèves", "élèves"), column("par_classe", "Par classe", "élèves par classe")}
	r.Columns[1].Decimals = 1
	for _, l := range []struct {
		code, label string
		n, per      belvedere.Cell
	}{
		{"6eme", "6ème", val(10214), val(24.8)}, {"5eme", "5ème", val(10377), val(25.1)}, {"4eme", "4ème", part(10102), val(25.3)}, {"3eme", "3ème", val(9741), val(25)},
		{"6eme_segpa", "6ème SEGPA", val(176), val(13.5)}, {"5eme_segpa", "5ème SEGPA", val(214), val(14.3)},
		{"4eme_segpa", "4ème SEGPA", none(belvedere.Secret), none(belvedere.Secret)}, {"3eme_segpa", "3ème SEGPA", val(0), none(belvedere.NotApplicable)},
	} {
		r.Rows = append(r.Rows, row(l.code, l.label, l.n, l.per))
	}
	r.Total = &belvedere.ResultRow{Cells: []belvedere.Cell{val(41286), val(25.1)}}
	return r
}

var segpa = map[string]string{"6eme_segpa": "segpa", "5eme_segpa": "segpa", "4eme_segpa": "segpa", "3eme_segpa": "segpa"}

// sampleSexes has two bars for each line.
func sampleSexes() *belvedere.Result {
	r := &belvedere.Result{Dims: []belvedere.ResultDim{dim("niveau", "Niveau")}}
	r.Columns = []belvedere.ResultColumn{column("filles", "Filles", "élèves"), column("garcons", "Garçons", "élèves")}
	for i, n := range []string{"6ème", "5ème", "4ème", "3ème"} {
		r.Rows = append(r.Rows, row(n, n, val(5000+100*float64(i)), val(5300-150*float64(i))))
	}
	return r
}

var media = []struct{ code, label string }{{"logiciel", "Logiciel"}, {"web", "Web"}, {"web_mobile", "Web mobile"}, {"application", "Application"}}

func sampleMedia() *belvedere.Result {
	r := &belvedere.Result{Dims: []belvedere.ResultDim{dim("profil", "Profil")}}
	for _, m := range media {
		r.Columns = append(r.Columns, column("c_"+m.code, m.label, "connexions", "support", m.code))
	}
	na := none(belvedere.NotApplicable)
	for i, cells := range [][]belvedere.Cell{
		{na, val(564767), val(312108), val(609355)}, {na, val(134866), val(101149), val(325925)},
		{val(89120), val(117953), val(15727), val(39318)}, {val(70358), val(40031), none(belvedere.Secret), val(7278)}, {na, val(11225), val(2576), val(4601)},
	} {
		r.Rows = append(r.Rows, row(profiles[i].code, profiles[i].label, cells...))
	}
	return r
}

// sampleSectors is a pivoted result: two dimensions, one column.
func sampleSectors() *belvedere.Result {
	r := &belvedere.Result{Dims: []belvedere.ResultDim{dim("bassin", "Bassin"), dim("regime", "Régime")}, Columns: []belvedere.ResultColumn{column("eleves", "Élèves", "élèves")}}
	for i, b := range []string{"Castelbruc", "Haute-Sarvane", "Les Essarts"} {
		for j, s := range []string{"Externes", "Demi-pensionnaires", "Internes", "Non renseigné"} {
			keys := []belvedere.Key{{Code: b, Label: b}, {Code: s, Label: s}}
			r.Rows = append(r.Rows, belvedere.ResultRow{Keys: keys, Cells: []belvedere.Cell{val(float64((7000 - 1900*i) / (1 + j*j)))}})
		}
	}
	return r
}

// sampleHours is three weeks, hour by hour; the last Saturday evening is missing.
func sampleHours(first time.Time, days int) *belvedere.Result {
	r := &belvedere.Result{Dims: []belvedere.ResultDim{dim("jour", "Jour"), dim("heure", "Heure")}, Columns: []belvedere.ResultColumn{column("connexions", "Connexions", "connexions")}}
	shape := [24]float64{2, 1, .5, .4, .6, 3, 22, 62, 72, 52, 48, 46, 36, 40, 43, 50, 63, 85, 100, 92, 70, 45, 20, 8}
	for i := 0; i < days; i++ {
		d := first.AddDate(0, 0, i)
		k := 124.8
		if d.Weekday() == time.Saturday {
			k *= .09
		} else if d.Weekday() == time.Sunday || holiday(d) != "" {
			k *= .25
		} else if d.Weekday() == time.Wednesday {
			k *= .75
		}
		for h := 0; h < 24; h++ {
			c := val(math.Round(k * shape[h] * (1 + .04*math.Sin(float64(i*5+h)))))
			if i == days-9 && h > 21 {
				c = none(belvedere.Expected)
			}
			if i == 2 && h == 10 {
				c.State = belvedere.Partial
			}
			keys := []belvedere.Key{{Code: d.Format("2006-01-02")}, {Code: strconv.Itoa(h), Label: hourName(h)}}
			r.Rows = append(r.Rows, belvedere.ResultRow{Keys: keys, Cells: []belvedere.Cell{c}})
		}
	}
	return r
}

func school(code, name, lat, lon string, c belvedere.Cell) belvedere.ResultRow {
	k := belvedere.Key{Code: code, Label: name, Detail: []belvedere.Attribute{{Name: "commune", Value: "Castelbruc"}, {Name: "latitude", Value: lat}, {Name: "longitude", Value: lon}}}
	return belvedere.ResultRow{Keys: []belvedere.Key{k}, Cells: []belvedere.Cell{c}}
}

// sampleSchools is a small territory with every case of a map.
func sampleSchools() *belvedere.Result {
	r := &belvedere.Result{Dims: []belvedere.ResultDim{dim("etablissement", "Établissement")}, Columns: []belvedere.ResultColumn{column("eleves", "Élèves", "élèves")}}
	names := []string{"Louise-Michel", "Jean-Zay", "Marie-Curie", "Jacques-Prévert", "Simone-Veil", "Victor-Hugo", "Olympe-de-Gouges", "Jean-Moulin", "Rosa-Parks", "Aimé-Césaire"}
	for i := 0; i < 40; i++ {
		lat := 45 + .25*math.Sin(float64(i)*1.7)*(1-float64(i%5)/7)
		lon := 3 + .5*math.Cos(float64(i)*2.3)*(1-float64(i%4)/6)
		c := val(float64(120 + (i*137)%740))
		switch i {
		case 7, 21:
			c = none(belvedere.NotShared)
		case 11:
			c = part(410)
		case 13:
			c = val(0)
		}
		name := fmt.Sprintf("Collège %s", names[i%10])
		if i >= 10 {
			name += " " + strconv.Itoa(i/10+1)
		}
		r.Rows = append(r.Rows, school(strconv.Itoa(i), name, strconv.FormatFloat(lat, 'f', 5, 64), strconv.FormatFloat(lon, 'f', 5, 64), c))
	}
	r.Rows = append(r.Rows,
		school("a", "Collège sans adresse", "", "", val(300)),
		school("b", "Collège d’outre-mer", "-21.1", "55.5", val(500)))
	return r
}

// sampleSteps leads from one figure to another: a fall, a rise, a fall.
func sampleSteps() *belvedere.Result {
	r := &belvedere.Result{Dims: []belvedere.ResultDim{dim("ligne", "Cause")}, Columns: []belvedere.ResultColumn{column("montant", "Montant", "élèves")}}
	r.Rows = []belvedere.ResultRow{
		row("premier", "Premier résultat", val(1234)), row("edition", "Données : édition 6 → 7", val(-96)),
		row("filtre:secteur", "Filtre Secteur", val(12)), row("periode", "Période", val(-36)), row("second", "Second résultat", val(1114)),
	}
	r.Rows[1].Note = "livraisons 31 et 32"
	return r
}
