package vault_test

import (
	"testing"
	"time"

	"belvedere/internal/school/vault"
	"belvedere/internal/source/edt"
	"belvedere/internal/source/record"
)

// The weeks that a school chose for an alternation stay when its timetable is imported again.
func TestChosenRhythmOutlivesImports(t *testing.T) {
	v := open(t, t.TempDir())
	lessons := func(sum, subject string) vault.File {
		return file(t, "edt_cours", sum, record.Head{Source: "edt", Year: 2026}, []record.Record{
			row(edt.Lesson, 1, "rang", "1", "numero", "1", "mat_libelle", subject, "alternance", "Q1", "jour_numero", "1", "debut_minutes", "480", "duree_minutes", "60"),
		})
	}
	load(t, v, lessons("a", "MUSIQUE"))
	if got := table(t, v, "SELECT count(*) FROM alternance_semaine"); got != "0\n" {
		t.Fatalf("weeks that nobody told: %s", got)
	}
	chosen := time.Date(2026, 9, 17, 0, 0, 0, 0, time.UTC) // a Thursday
	write(t, v, func(tx *vault.Tx) error { return tx.SetRhythm(2026, "Q1", chosen, "x") })
	const weeks = "SELECT min(lundi), count(*), sum(lundi = '2026-09-14'), sum(lundi = '2026-09-21') FROM alternance_semaine WHERE alternance = 'Q1'"
	want := "2026-08-31|27|1|0\n"
	if got := table(t, v, weeks); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	load(t, v, lessons("b", "THEATRE"))
	if got := table(t, v, weeks); got != want {
		t.Errorf("after an import: %s, want %s", got, want)
	}
	write(t, v, func(tx *vault.Tx) error { return tx.SetRhythm(2026, "Q1", time.Time{}, "x") })
	load(t, v, lessons("c", "MUSIQUE"))
	if got := table(t, v, "SELECT count(*) FROM alternance_semaine"); got != "0\n" {
		t.Errorf("a choice that was taken back: %s", got)
	}
}
