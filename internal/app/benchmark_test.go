package app_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

// A peerage is an app with collèges that share their pupils, and a head for some of them.
type peerage struct {
	*app.App
	t       *testing.T
	schools []belvedere.UAI
	edition int
}

// newPeerage makes n collèges of 410 pupils and more, in one band of size.
func newPeerage(t *testing.T, n int) *peerage {
	p := &peerage{App: openBare(t), t: t}
	register, values := "etablissement;nom;type\n", []int{}
	for i := range n {
		u := belvedere.UAI(uai(t, fmt.Sprintf("99930%02d", i)))
		p.schools = append(p.schools, u)
		register += fmt.Sprintf("%s;Collège %02d;college\n", u, i)
		values = append(values, 410+3*i)
	}
	publish(t, p.App, "etablissements", "registre", register)
	p.deliver(values)
	return p
}

// deliver publishes the pupils of the schools, of some when there are fewer values.
func (p *peerage) deliver(values []int) {
	p.edition++
	rows := "etablissement;jour;niveau;sexe;eleves\n"
	for i, v := range values {
		rows += fmt.Sprintf("%s;2025-10-01;6eme;F;%d\n", p.schools[i], v)
	}
	publish(p.t, p.App, "effectifs", fmt.Sprint("effectifs-", p.edition), rows)
}

// head is the head of a school, who may open no other.
func (p *peerage) head(i int) belvedere.Viewer {
	p.t.Helper()
	name := fmt.Sprintf("CHEF%02d", i)
	account, err := p.Registry.AccountByLogin(p.t.Context(), "Anne@"+name)
	if err != nil {
		account = member(p.t, p.App, registry.Account{FirstName: "Anne", LastName: name, Place: registry.InSchool, AllWidgets: true, Schools: []belvedere.UAI{p.schools[i]}})
	}
	v, err := p.ViewerOf(p.t.Context(), account)
	if err != nil {
		p.t.Fatal(err)
	}
	return v
}

// row is the place of a school by its pupils, as a viewer reads it.
func (p *peerage) row(v belvedere.Viewer, i int) report.BenchmarkRow {
	p.t.Helper()
	view, err := p.Reporter.Benchmark(p.t.Context(), v, report.BenchmarkAsk{School: p.schools[i], Year: 2025, Indicators: []string{"eleves"}})
	if err != nil {
		p.t.Fatal(err)
	}
	return view.Rows[0]
}

func TestHeadOfOneSchoolIsPlaced(t *testing.T) {
	p := newPeerage(t, 25)
	agree(t, p.App, registry.Agreement{AllThemes: true, Basis: "coresponsabilité"})
	low, high := p.row(p.head(0), 0), p.row(p.head(24), 24)
	if low.Why != "" || low.Own.Value != 410 || low.Quarter != 1 || high.Quarter != 4 || low.Summary.Schools != 25 {
		t.Errorf("lowest %+v, highest %+v", low, high)
	}
	if low.Summary != high.Summary {
		t.Errorf("two askers read two groups: %+v, %+v", low.Summary, high.Summary)
	}
	for _, u := range []belvedere.UAI{p.schools[1], belvedere.UAI(uai(t, "9939999"))} {
		_, err := p.Reporter.Benchmark(t.Context(), p.head(0), report.BenchmarkAsk{School: u, Year: 2025})
		if belvedere.KindOf(err) != belvedere.NotFound {
			t.Errorf("a school that the head may not open: %v", err)
		}
	}
	view, err := p.Reporter.Benchmark(t.Context(), p.head(0), report.BenchmarkAsk{Year: 2025})
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(view)
	for _, u := range p.schools[1:] {
		if strings.Contains(string(text), string(u)) {
			t.Errorf("the answer names %s", u)
		}
	}
}

func TestBenchmarkOfSharersAlone(t *testing.T) {
	p := newPeerage(t, 25)
	var agreements []registry.Agreement
	for _, u := range p.schools[:10] {
		agreements = append(agreements, agree(t, p.App, registry.Agreement{School: u, AllThemes: true}))
	}
	_ = agreements
	if row := p.row(p.head(0), 0); row.Why == "" || row.Summary.Median.Known {
		t.Errorf("ten schools: %+v", row)
	}
	agree(t, p.App, registry.Agreement{School: p.schools[10], AllThemes: true})
	if row := p.row(p.head(0), 0); row.Why != "" || row.Summary.Schools != 11 {
		t.Errorf("eleven schools: %+v", row)
	}
	// One that shares nothing reads the same group as the others and is no part of it.
	outside := p.row(p.head(20), 20)
	if outside.Summary != p.row(p.head(3), 3).Summary || outside.Quarter != 4 {
		t.Errorf("a school outside the group: %+v", outside)
	}
	if err := p.Registry.PutSettings(t.Context(), map[string]string{registry.SettingBenchmark: "3"}); err != nil {
		t.Fatal(err)
	}
	if row := p.row(p.head(0), 0); row.Summary.Schools != 11 {
		t.Error("the minimum went down")
	}
	if err := p.Registry.PutSettings(t.Context(), map[string]string{registry.SettingBenchmark: "20"}); err != nil {
		t.Fatal(err)
	}
	if row := p.row(p.head(0), 0); row.Why == "" {
		t.Error("the territory asks for twenty, and eleven are published")
	}
}

// TestBenchmarkBeforeAndAfter is the attack over time: a school withdraws, another joins, one corrects its
// figure, and who reads before and after must not find it.
func TestBenchmarkBeforeAndAfter(t *testing.T) {
	p := newPeerage(t, 40)
	var agreements []registry.Agreement
	for _, u := range p.schools[:30] {
		agreements = append(agreements, agree(t, p.App, registry.Agreement{School: u, AllThemes: true}))
	}
	before := p.row(p.head(0), 0)
	if before.Why != "" || before.Summary.Schools != 30 {
		t.Fatalf("before: %+v", before)
	}
	// One joins: the group stays as it was.
	agree(t, p.App, registry.Agreement{School: p.schools[30], AllThemes: true})
	if row := p.row(p.head(0), 0); row.Summary != before.Summary {
		t.Errorf("one more school shows: %+v, %+v", before.Summary, row.Summary)
	}
	// Ten have joined: they are as many as a group.
	for _, u := range p.schools[31:40] {
		agree(t, p.App, registry.Agreement{School: u, AllThemes: true})
	}
	wider := p.row(p.head(0), 0)
	if wider.Why != "" || wider.Summary.Schools != 40 {
		t.Errorf("ten more: %+v", wider)
	}
	// One corrects its figure: the numbers stay, until ten have changed.
	values := make([]int, 40)
	for i := range values {
		values[i] = 410 + 3*i
	}
	values[12] = 640
	p.deliver(values)
	if row := p.row(p.head(0), 0); row.Summary != wider.Summary || row.Edition != wider.Edition {
		t.Errorf("one correction shows: %+v, %+v", wider, row)
	}
	if own := p.row(p.head(12), 12).Own.Value; own != 640 {
		t.Errorf("the school does not see its own correction: %v", own)
	}
	for i := range 12 {
		values[i] += 2
	}
	p.deliver(values)
	if row := p.row(p.head(0), 0); row.Edition == wider.Edition || row.Summary == wider.Summary {
		t.Errorf("thirteen corrections do not show: %+v", row)
	}
	// One withdraws: nothing is published that could be compared with the group it was in, and
	// nothing at all that it is part of.
	a := agreements[5]
	a.To = belvedere.Date(2011, 1, 1)
	if _, err := p.Registry.PutAgreement(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	after := p.row(p.head(0), 0)
	if after.Summary.Schools == 39 || after.Summary.Median.Known {
		t.Errorf("after a withdrawal: %+v", after)
	}
	// Nine more withdraw: those who left are as many as a group.
	for i := 6; i < 15; i++ {
		a := agreements[i]
		a.To = belvedere.Date(2011, 1, 1)
		if _, err := p.Registry.PutAgreement(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	if row := p.row(p.head(0), 0); row.Why != "" || row.Summary.Schools != 30 {
		t.Errorf("after ten withdrawals: %+v", row)
	}
}
