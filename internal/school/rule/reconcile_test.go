package rule_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/school/rule"
	"belvedere/internal/school/vault"
)

// reconciled shows what names mean: sort, value → label or target, state.
func reconciled(t testing.TB, v *vault.Vault) (out []string, list []rule.Reconciliation) {
	t.Helper()
	list, err := rule.Reconciliations(context.Background(), v, year)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		target := r.Target
		if r.Sort == rule.SortTeacher {
			target = r.Label
		}
		out = append(out, fmt.Sprintf("%s %s %s=%s %s", r.Sort, r.Source, r.Value, target, r.State))
	}
	return out, list
}

// renamed is the small school whose timetable has its own names.
func renamed(t *testing.T) map[string]string {
	return spoiled{edits: []edit{
		{"edt_cours", "<CLASSE>6A</CLASSE>", "<CLASSE>6EME A</CLASSE>"}, {"edt_cours", "<CLASSE>6A</CLASSE>", "<CLASSE>6EME A</CLASSE>"}, {"edt_cours", "<CLASSE>6A</CLASSE>", "<CLASSE>6EME A</CLASSE>"},
		{"edt_cours", "<PROF_NOM>LE GOFF</PROF_NOM><PROF_PRENOM>Hélène", "<PROF_NOM>LE GOF</PROF_NOM><PROF_PRENOM>Hélène"},
		{"edt_cours", "<MAT_CODE>AGL1</MAT_CODE><MAT_LIBELLE>ANGLAIS LV1", "<MAT_CODE>ANG</MAT_CODE><MAT_LIBELLE>ANGL LV1"},
		{"edt_cours", "[6ANG1]", "[6ANGL1]"},
	}}.apply(t)
}

func TestNamesAreProposedConfirmedAndRemembered(t *testing.T) {
	ctx := context.Background()
	v := openMini(t)
	loadOver(t, v, renamed(t))
	if r := check(t, v); r.Proposals != 4 {
		t.Errorf("%d names proposed, want 4", r.Proposals)
	}
	want := "division edt 6EME A=6A propose\nenseignant edt LE GOF Hélène=LE GOFF Hélène propose\ngroupe edt 6ANGL1=6ANG1 propose\nmatiere edt ANG=030201 propose"
	shown, list := reconciled(t, v)
	if got := strings.Join(shown, "\n"); got != want {
		t.Fatalf("proposals\n%s\nwant\n%s", got, want)
	}
	before := standing(t, v)
	if len(with(before, "B divisions", "6EME A")) != 1 {
		t.Errorf("an unknown class is not blocking: %v", lines(before))
	}
	for _, r := range list {
		if r.Score < 0.7 || r.Score > 0.99 {
			t.Errorf("%s has the score %v", r.Value, r.Score)
		}
		if err := rule.Confirm(ctx, v, year, r.Sort, r.Source, r.Value, r.Target, "Mme Dupin"); err != nil {
			t.Fatal(err)
		}
	}
	if r := check(t, v); r.Blocking+r.Warnings+r.Proposals != 0 {
		t.Errorf("once confirmed: %v", lines(standing(t, v)))
	}
	// The next files use them, and so do the figures.
	load(t, v, filesOf(t, mini())...)
	load(t, v, filesOf(t, renamed(t))...)
	if r := check(t, v); r.Blocking+r.Warnings != 0 {
		t.Errorf("forgotten by an import: %v", lines(standing(t, v)))
	}
	var n int
	err := v.Read(ctx, func(tx *vault.Tx) error {
		_, err := tx.Get("SELECT count(*) FROM cours c JOIN cours_division d ON d.cours = c.id JOIN cours_enseignant e ON e.cours = c.id WHERE c.annee = 2026 AND d.division = '6A'", nil, &n)
		return err
	})
	if err != nil || n != 3 {
		t.Errorf("%d lessons of 6A, want 3 (%v)", n, err)
	}
}

func TestRefusedIsNotProposedAgain(t *testing.T) {
	ctx := context.Background()
	v := openMini(t)
	loadOver(t, v, renamed(t))
	check(t, v)
	_, list := reconciled(t, v)
	if err := rule.Refuse(ctx, v, list[0].ID, "Mme Dupin"); err != nil {
		t.Fatal(err)
	}
	if err := rule.Refuse(ctx, v, list[0].ID, "Mme Dupin"); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("refused twice: %v", err)
	}
	if r := check(t, v); r.Proposals != 3 {
		t.Errorf("%d proposals, want 3", r.Proposals)
	}
	shown, list := reconciled(t, v)
	if len(shown) != 4 || !strings.HasSuffix(shown[3], "refuse") {
		t.Fatalf("%v", shown)
	}
	if err := rule.Forget(ctx, v, year, list[3].ID); err != nil {
		t.Fatal(err)
	}
	if r := check(t, v); r.Proposals != 4 {
		t.Errorf("%d proposals once the refusal is taken back", r.Proposals)
	}
}

func TestConfirmations(t *testing.T) {
	ctx := context.Background()
	v := openMini(t)
	loadOver(t, v, renamed(t))
	check(t, v)
	if err := rule.Confirm(ctx, v, year, rule.SortDivision, "edt", "6EME A", "9Z", "Mme Dupin"); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("a target that is not: %v", err)
	}
	if err := rule.Confirm(ctx, v, year, rule.SortTeacher, "edt", "LE GOF Hélène", "personne", "Mme Dupin"); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("a teacher by name: %v", err)
	}
	if err := rule.Confirm(ctx, v, year, rule.SortDivision, "edt", "6EME A", "6A", ""); err == nil {
		t.Error("confirmed by nobody")
	}
	// None of them is an answer too, and a second one replaces the first.
	for _, target := range []string{"6A", "", "6B"} {
		if err := rule.Confirm(ctx, v, year, rule.SortDivision, "edt", "6EME A", target, "Mme Dupin"); err != nil {
			t.Fatal(err)
		}
	}
	shown, list := reconciled(t, v)
	if !strings.Contains(strings.Join(shown, "\n"), "division edt 6EME A=6B confirme") || len(list) != 4 {
		t.Errorf("%v", shown)
	}
}

func TestNoProposalForWhatIsUnlike(t *testing.T) {
	v := open(t)
	texts := spoiled{edits: []edit{{"edt_cours", "<CLASSE>6B</CLASSE>", "<CLASSE>ULIS</CLASSE>"}, {"edt_cours", "<PROF_NOM>LE GOFF</PROF_NOM><PROF_PRENOM>Hélène", "<PROF_NOM>DURAND</PROF_NOM><PROF_PRENOM>Paul"}}}.apply(t)
	load(t, v, filesOf(t, texts)...)
	if r := check(t, v); r.Proposals != 0 {
		shown, _ := reconciled(t, v)
		t.Errorf("proposed: %v", shown)
	}
}

func TestServicesLeftOut(t *testing.T) {
	ctx := context.Background()
	v := open(t)
	texts := spoiled{edits: []edit{
		{"sts_emp", `<ENSEIGNANTS><ENSEIGNANT ID="8103" TYPE="epp"><HEURES_AGENT>4.00</HEURES_AGENT><TAUX_PONDERATION>1.00</TAUX_PONDERATION></ENSEIGNANT></ENSEIGNANTS>`, "<ENSEIGNANTS/>"},
		{"emp_sts", "<DUREE>0400</DUREE><CODE_SALLE>103", "<DUREE>0300</DUREE><CODE_SALLE>103"}}}.apply(t)
	load(t, v, filesOf(t, texts)...)
	check(t, v)
	if n := len(with(standing(t, v), "6ANG1")); n != 2 {
		t.Fatalf("%d findings of 6ANG1: %v", n, lines(standing(t, v)))
	}
	if err := rule.LeaveOut(ctx, v, year, "6ANG9", "030201", "", "Mme Dupin"); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("left out what is not: %v", err)
	}
	if err := rule.LeaveOut(ctx, v, year, "6 ANG1", "030201", "", "Mme Dupin"); err != nil {
		t.Fatal(err)
	}
	list, err := rule.LeftOuts(ctx, v, year)
	if err != nil || len(list) != 1 || list[0].Label != "ANGLAIS LV1" || list[0].Structure != "6ANG1" {
		t.Errorf("left out %+v, %v", list, err)
	}
	check(t, v)
	if found := with(standing(t, v), "6ANG1"); len(found) != 0 {
		t.Errorf("still told: %v", lines(found))
	}
	var n int
	err = v.Read(ctx, func(tx *vault.Tx) error {
		_, err := tx.Get("SELECT count(*) FROM service WHERE annee = 2026 AND exclu = 1", nil, &n)
		return err
	})
	if err != nil || n != 1 {
		t.Errorf("%d services marked, %v", n, err)
	}
	if err := rule.TakeBack(ctx, v, year, "6ANG1", "030201", ""); err != nil {
		t.Fatal(err)
	}
	check(t, v)
	if n := len(with(standing(t, v), "6ANG1")); n != 2 {
		t.Errorf("%d findings once taken back", n)
	}
	if err := rule.TakeBack(ctx, v, year, "6ANG1", "030201", ""); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("taken back twice: %v", err)
	}
}
