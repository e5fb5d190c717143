package main

import (
	"fmt"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/school/lesson"
)

type timetableCmd struct {
	UAI      string `arg:"" name:"uai" help:"UAI de l’établissement."`
	Division string `name:"division" help:"Division ; la première par défaut." placeholder:"6A"`
	Room     string `name:"salle" help:"Salle, au lieu d’une division." placeholder:"SALLE"`
	Week     string `name:"semaine" aliases:"week" help:"Un jour de la semaine ; aujourd’hui par défaut." placeholder:"2026-11-23"`
}

// Run prints a week of a division or a room.
func (c timetableCmd) Run(e *env) error {
	uai, err := belvedere.ParseUAI(c.UAI)
	if err != nil {
		return misuse{err}
	}
	of := lesson.Subject{}
	switch {
	case c.Division != "" && c.Room != "":
		return misuse{fmt.Errorf("choisissez --division ou --salle")}
	case c.Division != "":
		of = lesson.Subject{Kind: "division", Code: c.Division}
	case c.Room != "":
		of = lesson.Subject{Kind: "salle", Code: c.Room}
	}
	return e.with(func(a *app.App) error {
		day := a.Lessons.Today()
		if c.Week != "" {
			if day, err = belvedere.ParseDate(c.Week); err != nil {
				return misuse{fmt.Errorf("--semaine : %q n’est pas une date, comme 2026-11-23", c.Week)}
			}
		}
		who, err := a.Operator(e.ctx)
		if err != nil {
			return err
		}
		week, err := a.Lessons.Timetable(e.ctx, who, uai, of, day)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Vault, "coffre "+string(uai), "emploi du temps lu : "+week.Name)
		for _, d := range week.Days {
			c.day(e, d)
		}
		return nil
	})
}

// day prints the lessons of a day, a line each.
func (timetableCmd) day(e *env, d lesson.Day) {
	if d.Closed != "" && len(d.Lessons) == 0 {
		fmt.Fprintf(e.out, "%s\t%s\n", d.Date.Format(time.DateOnly), d.Closed)
	}
	for _, l := range d.Lessons {
		var names, notes []string
		for _, p := range l.Teachers {
			names = append(names, p.Name)
		}
		switch {
		case l.Off:
			notes = append(notes, "n’a pas lieu")
		case l.Change != nil:
			notes = append(notes, "déplacé")
		}
		if l.Unsure {
			notes = append(notes, "alternance "+l.Rhythm+" sans semaines")
		}
		for _, clash := range l.Clashes {
			notes = append(notes, clash.String())
		}
		fmt.Fprintf(e.out, "%s\t%s–%s\t%s\t%s\t%s\t%s\t%s\n", d.Date.Format(time.DateOnly), lesson.Clock(l.Start), lesson.Clock(l.End()), l.Subject, l.Audience(),
			strings.Join(names, ", "), strings.Join(l.Rooms, ", "), strings.Join(notes, " ; "))
	}
}
