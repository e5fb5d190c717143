package rule_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/rule"
	"belvedere/internal/school/vault"
)

// spoil is the small school where a pupil has no sex and another is in an unknown division.
func spoil() map[string]string {
	texts := mini()
	texts["siecle_eleves"] = strings.Replace(texts["siecle_eleves"], "<CODE_SEXE>1</CODE_SEXE>", "", 1)
	return texts
}

func TestLifeOfAFinding(t *testing.T) {
	v := openMini(t)
	loadOver(t, v, spoil())
	if r := check(t, v); r.New != 1 || r.Warnings != 1 || r.Mended+r.Back+r.Accepted != 0 {
		t.Fatalf("first run: %+v", r)
	}
	id := standing(t, v)[0].ID
	if r := check(t, v); r.New+r.Mended+r.Back != 0 || r.Warnings != 1 {
		t.Fatalf("the same again: %+v", r)
	}
	load(t, v, filesOf(t, mini())...)
	if r := check(t, v); r.Mended != 1 || r.Warnings != 0 {
		t.Fatalf("mended: %+v", r)
	}
	load(t, v, filesOf(t, spoil())...)
	if r := check(t, v); r.Back != 1 || r.New != 0 || r.Warnings != 1 {
		t.Fatalf("back: %+v", r)
	}
	acceptAndReopen(t, v, id)
}

// acceptAndReopen takes a finding that is back through the hands of people.
func acceptAndReopen(t *testing.T, v *vault.Vault, id int64) {
	ctx := context.Background()
	if err := rule.Accept(ctx, v, id, "  ", "Mme Dupin"); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("accepted without reason: %v", err)
	}
	if err := rule.Accept(ctx, v, id, "élève en attente", ""); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("accepted by nobody: %v", err)
	}
	if err := rule.Accept(ctx, v, id, "élève en attente", "Mme Dupin"); err != nil {
		t.Fatal(err)
	}
	if err := rule.Accept(ctx, v, id, "élève en attente", "Mme Dupin"); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("accepted twice: %v", err)
	}
	if r := check(t, v); r.Accepted != 1 || r.Warnings != 0 || r.Back != 0 {
		t.Fatalf("accepted: %+v", r)
	}
	if err := rule.Reopen(ctx, v, id, "Mme Dupin"); err != nil {
		t.Fatal(err)
	}
	x, life, err := rule.Get(ctx, v, id)
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	for _, s := range life {
		steps = append(steps, string(s.To)+" "+s.By+" "+s.Reason)
	}
	want := "ouvert   / corrige   / revenu   / accepte Mme Dupin élève en attente / ouvert Mme Dupin "
	if got := strings.Join(steps, " / "); got != want {
		t.Errorf("life %q, want %q", got, want)
	}
	if x.State != rule.Open || x.A.File != "siecle_eleves" || x.A.Line == 0 || x.A.Field != "CODE_SEXE" || x.Who.Sort != "eleve" || x.Who.ID == 0 || x.Mend == "" {
		t.Errorf("finding %+v", x)
	}
	if _, _, err := rule.Get(ctx, v, 999); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("a finding that is not: %v", err)
	}
}

func TestAcceptanceHoldsForWhatWasSeen(t *testing.T) {
	v := open(t)
	count := func(n string) {
		texts := mini()
		texts["sts_emp"] = strings.Replace(texts["sts_emp"], "<EFFECTIF_CALCULE>2<", "<EFFECTIF_CALCULE>"+n+"<", 1)
		load(t, v, filesOf(t, texts)...)
	}
	count("3")
	check(t, v)
	id := standing(t, v)[0].ID
	if err := rule.Accept(context.Background(), v, id, "une arrivée est prévue", "Mme Dupin"); err != nil {
		t.Fatal(err)
	}
	count("3")
	if r := check(t, v); r.Back != 0 || r.Accepted != 1 {
		t.Errorf("same values: %+v", r)
	}
	count("7")
	if r := check(t, v); r.Back != 1 || r.Warnings != 1 {
		t.Errorf("other values: %+v", r)
	}
}

func TestARuleThatCannotRunMendsNothing(t *testing.T) {
	v := open(t)
	texts := mini()
	texts["edt_cours"] = strings.Replace(texts["edt_cours"], "Hélène", "Helene", 1)
	load(t, v, filesOf(t, texts)...)
	check(t, v)
	if len(standing(t, v)) != 1 {
		t.Fatal("no finding to begin with")
	}
	if err := v.Write(context.Background(), withdraw("sts_emp")); err != nil {
		t.Fatal(err)
	}
	r := check(t, v)
	for _, o := range r.Rules {
		if o.Rule.Code == "enseignants" && (o.Ran || o.Missing == "") {
			t.Errorf("ran without its file: %+v", o)
		}
	}
	if list := with(standing(t, v), "enseignants"); len(list) != 1 {
		t.Errorf("mended by the absence of a file: %v", lines(standing(t, v)))
	}
}

func TestEachRuleNamesTheFileItLacks(t *testing.T) {
	v := open(t)
	r := check(t, v)
	for _, o := range r.Rules {
		if !o.Ran && o.Missing == "" {
			t.Errorf("%s does not say what it lacks", o.Rule.Code)
		}
		if o.Ran && o.Rule.Number > 2 {
			t.Errorf("%s ran on nothing", o.Rule.Code)
		}
	}
}

func TestLettersWaitForChecks(t *testing.T) {
	ctx := context.Background()
	v := open(t)
	if _, err := rule.Standing(ctx, v, year); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("before any check: %v", err)
	}
	texts := mini()
	texts["siecle_responsables"] = strings.Replace(texts["siecle_responsables"], lien("104", "205", "1", "20", "1"), lien("104", "205", "3", "20", "1"), 1)
	load(t, v, filesOf(t, texts)...)
	check(t, v)
	if n, err := rule.Standing(ctx, v, year); n != 1 || err != nil {
		t.Errorf("%d blocking, %v", n, err)
	}
	if err := rule.Accept(ctx, v, standing(t, v)[0].ID, "dossier en cours", "Mme Dupin"); err != nil {
		t.Fatal(err)
	}
	if n, err := rule.Standing(ctx, v, year); n != 0 || err != nil {
		t.Errorf("%d blocking once waived, %v", n, err)
	}
	load(t, v, filesOf(t, mini())...)
	if _, err := rule.Standing(ctx, v, year); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("after an import: %v", err)
	}
	run, found, err := rule.Last(ctx, v, year)
	if err != nil || !found || !run.Stale || run.By != "direction" || !run.At.Equal(opening) {
		t.Errorf("last run %+v %v %v", run, found, err)
	}
}

func TestListFilters(t *testing.T) {
	ctx := context.Background()
	v := open(t)
	load(t, v, constructed(t)...)
	check(t, v)
	all, total, err := rule.List(ctx, v, year, rule.Filter{})
	if err != nil || total != len(all) || total < 40 {
		t.Fatalf("%d findings of %d, %v", len(all), total, err)
	}
	warned := false
	for _, x := range all {
		if x.Severity == rule.Blocking && warned {
			t.Errorf("a blocking finding behind warnings: %s", show(x))
		}
		warned = warned || x.Severity == rule.Warning
		if x.Message == "" || x.Mend == "" || x.Tool == "" || x.Key == "" || !x.Seen.Equal(opening) || !x.Again.Equal(opening) {
			t.Errorf("incomplete: %+v", x)
		}
		if r, ok := rule.RuleOf(x.Rule); !ok || r.Code != x.Rule {
			t.Errorf("rule %q", x.Rule)
		}
	}
	page, total, err := rule.List(ctx, v, year, rule.Filter{Severity: rule.Blocking, Limit: 2, Offset: 8})
	if err != nil || len(page) != 1 || total != 9 {
		t.Errorf("page of %d of %d, %v", len(page), total, err)
	}
	of6B, _, err := rule.List(ctx, v, year, rule.Filter{Structure: "6B", Rule: "effectifs"})
	if err != nil || len(of6B) != 2 {
		t.Errorf("%d of 6B, %v", len(of6B), err)
	}
	none, _, err := rule.List(ctx, v, year+1, rule.Filter{})
	if err != nil || len(none) != 0 {
		t.Errorf("%d of another year, %v", len(none), err)
	}
}

func TestYearsAreApart(t *testing.T) {
	v := openMini(t)
	loadOver(t, v, spoil())
	check(t, v)
	r, err := rule.Check(context.Background(), v, year+1, "")
	if err != nil || r.New+r.Mended != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if n := len(standing(t, v)); n != 1 {
		t.Errorf("%d findings stand", n)
	}
	if !r.At.Equal(opening) || r.At.Location() != time.UTC {
		t.Errorf("at %v", r.At)
	}
}

// Who reads a rule reads French, with its spaces.
func TestRulesAreTypeset(t *testing.T) {
	for _, r := range rule.Rules {
		for _, text := range []string{r.Title, r.Text, r.Origin, r.Tool} {
			if strings.Contains(text, " :") || strings.Contains(text, " ;") || strings.Contains(text, "« ") || strings.Contains(text, " »") || strings.Contains(text, "'") {
				t.Errorf("%s: %q", r.Code, text)
			}
		}
	}
}
