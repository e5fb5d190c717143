package moodle

import (
	"errors"
	"io"
	"time"

	"belvedere"
	"belvedere/internal/source/table"
)

// A Reader reads the tables of one platform.
type Reader struct {
	Zone *time.Location // of the institution, for times that are seconds
}

const mend = "Exportez de nouveau le journal depuis Moodle, sans le reprendre dans un tableur."

// Actions reads a log, of the sort that its header tells. A report is read twice: the order of its days
// and months is settled by all its rows. Warnings of the whole are faults without line.
func (rd Reader) Actions(open func() (table.Rows, error), each func(line int64, a Action) error, fault func(belvedere.Fault) error) error {
	rows, err := open()
	if err != nil {
		return err
	}
	sort := Recognise(rows.Header())
	at, _ := places(sort, rows.Header())
	if sort != Report && sort != Store {
		return belvedere.Errorf(belvedere.Invalid, "Le tableau n’est ni un rapport « Logs » de Moodle ni un export de logstore_standard_log.")
	}
	order := DayFirst
	if sort == Report {
		if order, err = settle(rows, at["time"], fault); err != nil {
			return err
		}
		if rows, err = open(); err != nil {
			return err
		}
	}
	return eachRow(rows, fault, func(line int64, cell func(int) string) error {
		if isServer(cell(at["origin"])) {
			return nil
		}
		a := Action{Day: day(cell(at["time"]), order, rd.Zone), Component: cell(at["component"])}
		if a.Day == "" {
			return fault(belvedere.Fault{Line: line, Field: "heure", Rule: "instant", Severity: belvedere.SeverityError, Message: "L’heure de la ligne ne se lit pas.", Mend: mend})
		}
		if sort == Store {
			a.User, a.Course = person(cell(at["user"])), course(cell(at["course"]))
			return each(line, a)
		}
		description := cell(at["description"])
		if m := actor.FindStringSubmatch(description); m != nil {
			a.User = person(m[1])
		}
		if m := place.FindStringSubmatch(description); m != nil {
			a.Course = course(m[1])
		}
		if a.Name = cell(at["name"]); a.Name == "-" {
			a.Name = ""
		}
		return each(line, a)
	})
}

// settle finds the order of days and months of a report.
func settle(rows table.Rows, at int, fault func(belvedere.Fault) error) (Order, error) {
	var s Settler
	err := eachRow(rows, func(belvedere.Fault) error { return nil }, func(_ int64, cell func(int) string) error {
		s.Look(cell(at))
		return nil
	})
	if err != nil {
		return DayFirst, err
	}
	order, sure := s.Order()
	if sure {
		return order, nil
	}
	read := "le jour d’abord (31/12)"
	if order == MonthFirst {
		read = "le mois d’abord (12/31)"
	}
	return order, fault(belvedere.Fault{Rule: "ordre_des_dates", Severity: belvedere.SeverityWarning,
		Message: "Rien dans le journal ne dit si ses dates s’écrivent jour/mois ou mois/jour\u00a0: elles sont lues " + read + ".", Mend: "Vérifiez la langue de la plateforme."})
}

// eachRow hands the rows of a table, each cell by its place; -1 is an empty cell.
func eachRow(rows table.Rows, fault func(belvedere.Fault) error, f func(line int64, cell func(int) string) error) error {
	var fields [][]byte
	cell := func(i int) string {
		if i < 0 || i >= len(fields) {
			return ""
		}
		return string(fields[i])
	}
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if row.Fault != nil {
			one := *row.Fault
			one.Value = ""
			if err := fault(one); err != nil {
				return err
			}
			continue
		}
		fields = row.Fields
		if err := f(row.Line, cell); err != nil {
			return err
		}
	}
}

// Pairs reads a table of roles (course and user), of users (user alone) or of courses (number and short
// name). Lines that lack one of them, as ragged files of roles have, are passed over.
func Pairs(rows table.Rows, each func(course, other string)) error {
	sort := Recognise(rows.Header())
	at, ok := places(sort, rows.Header())
	if !ok || sort == Report || sort == Store {
		return belvedere.Errorf(belvedere.Invalid, "Le tableau n’est pas une liste de rôles ou de cours de Moodle.")
	}
	return eachRow(rows, func(belvedere.Fault) error { return nil }, func(_ int64, cell func(int) string) error {
		switch sort {
		case Roles:
			if c, u := course(cell(at["course"])), person(cell(at["user"])); c != "" && u != "" {
				each(c, u)
			}
		case Users:
			if u := person(cell(at["user"])); u != "" {
				each("", u)
			}
		case Courses:
			if c, name := course(cell(at["course"])), cell(at["name"]); c != "" && name != "" {
				each(c, name)
			}
		}
		return nil
	})
}
