package lesson_test

import (
	"context"
	"testing"

	"belvedere"
	"belvedere/internal/school/lesson"
)

func TestMove(t *testing.T) {
	d := newDesk(t, "2026-09-15")
	ctx := context.Background()
	move := func(m lesson.Move) ([]lesson.Clash, error) { return d.Move(ctx, head(), school, m) }
	// Maths of Monday 14 to Wednesday 16 at 10 h.
	if w, err := move(lesson.Move{Lesson: 1, From: day("2026-09-14"), To: day("2026-09-16"), Start: 600, Room: "S9", Reason: "Sortie"}); err != nil || len(w) != 0 {
		t.Fatal(w, err)
	}
	w := d.week("division", "6A", "2026-09-14")
	if ids(w, 0) != "(1)3 5 " || ids(w, 2) != "1 " {
		t.Errorf("moved: %q %q", ids(w, 0), ids(w, 2))
	}
	if l := w.Days[2].Lessons[0]; l.Start != 600 || l.Rooms[0] != "S9" || l.Change.Reason != "Sortie" || l.Change.By != "Helene@AUBRY" {
		t.Errorf("%+v", l)
	}
	if next := d.week("division", "6A", "2026-09-21"); ids(next, 0) != "1 3 4 5 " || ids(next, 2) != "" {
		t.Error("a move is of one day")
	}
	// Moved again, on Tuesday at 8 h: teacher, room and division are taken.
	warnings, err := move(lesson.Move{Lesson: 1, From: day("2026-09-14"), To: day("2026-09-15")})
	if err != nil || len(warnings) != 3 {
		t.Errorf("%v %v", warnings, err)
	}
	if ids(d.week("division", "6A", "2026-09-14"), 2) != "1 " {
		t.Error("a move that clashes is done without being confirmed")
	}
	if warnings, err = move(lesson.Move{Lesson: 1, From: day("2026-09-14"), To: day("2026-09-15"), Despite: true}); err != nil || len(warnings) != 3 {
		t.Errorf("%v %v", warnings, err)
	}
	if err := d.Undo(ctx, head(), school, 1, day("2026-09-14")); err != nil {
		t.Fatal(err)
	}
	if w := d.week("division", "6A", "2026-09-14"); ids(w, 0) != "1 3 5 " || ids(w, 1) != "6 " {
		t.Error("not undone")
	}
	if err := d.Undo(ctx, head(), school, 1, day("2026-09-14")); belvedere.KindOf(err) != belvedere.NotFound {
		t.Error(err)
	}
	// Called off.
	if _, err := move(lesson.Move{Lesson: 1, From: day("2026-09-14")}); err != nil {
		t.Fatal(err)
	}
	if w := d.week("division", "6A", "2026-09-14"); ids(w, 0) != "(1)3 5 " {
		t.Errorf("%q", ids(w, 0))
	}
}

func TestMoveRefusals(t *testing.T) {
	d := newDesk(t, "2026-09-15")
	d.mustCall(2, "2026-09-14", nil)
	for name, c := range map[string]struct {
		m    lesson.Move
		kind belvedere.Kind
	}{
		"holidays":             {lesson.Move{Lesson: 1, From: day("2026-09-14"), To: day("2026-10-20")}, belvedere.Invalid},
		"before the year":      {lesson.Move{Lesson: 1, From: day("2026-09-14"), To: day("2026-08-20")}, belvedere.Invalid},
		"another weekday":      {lesson.Move{Lesson: 1, From: day("2026-09-15"), To: day("2026-09-16")}, belvedere.NotFound},
		"from holidays":        {lesson.Move{Lesson: 1, From: day("2026-10-19"), To: day("2026-09-16")}, belvedere.NotFound},
		"no lesson":            {lesson.Move{Lesson: 99, From: day("2026-09-14"), To: day("2026-09-16")}, belvedere.NotFound},
		"where it is already":  {lesson.Move{Lesson: 1, From: day("2026-09-14"), To: day("2026-09-21")}, belvedere.Conflict},
		"past midnight":        {lesson.Move{Lesson: 1, From: day("2026-09-14"), To: day("2026-09-16"), Start: 1430}, belvedere.Invalid},
		"nobody for a teacher": {lesson.Move{Lesson: 1, From: day("2026-09-14"), To: day("2026-09-16"), Teacher: 9}, belvedere.Invalid},
		"its roll was called":  {lesson.Move{Lesson: 2, From: day("2026-09-14"), To: day("2026-09-16")}, belvedere.Conflict},
	} {
		if _, err := d.Move(context.Background(), head(), school, c.m); belvedere.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := d.table("SELECT count(*) FROM deplacement", 1); got != "0\n" {
		t.Errorf("%s moves", got)
	}
}

// The roll of a moved lesson is that of the day on which it takes place.
func TestRollOfMovedLesson(t *testing.T) {
	d := newDesk(t, "2026-09-18")
	if _, err := d.Move(context.Background(), head(), school, lesson.Move{Lesson: 1, From: day("2026-09-14"), To: day("2026-09-16"), Start: 840, Teacher: 2}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.call(1, "2026-09-14", nil); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("the roll of a lesson that moved away: %v", err)
	}
	d.mustCall(1, "2026-09-16", map[int64]lesson.Answer{1: {State: lesson.Absent}})
	if got := d.table("SELECT jour, debut, personnel, structures, (SELECT group_concat(jour || moitie) FROM demi_journee) FROM appel", 5); got != "2026-09-16|840|2|6A|2026-09-16apres_midi\n" {
		t.Error(got)
	}
	if err := d.Undo(context.Background(), head(), school, 1, day("2026-09-14")); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("undone under its roll: %v", err)
	}
}
