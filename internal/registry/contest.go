package registry

import (
	"context"
	"time"
	"unicode/utf8"

	"belvedere"
)

// Contests keeps the figures that schools say to be wrong, with the notes that travel with them.
type Contests interface {
	// ListContests gives those that stand, by school and then in the order that the school gave.
	ListContests(ctx context.Context) ([]Contest, error)
	// PutContests replaces all those of a school.
	PutContests(ctx context.Context, school belvedere.UAI, list []Contest) error
}

// A Contest is a note of a school on a figure that it sent.
type Contest struct {
	School  belvedere.UAI
	Dataset string
	From    time.Time // first day of what was delivered: of the day, month or school year
	Line    string    // codes of the line, parted by semicolons; "" for all
	Text    string
	At      time.Time
}

// MostContests bounds those of a school that stand at once.
const MostContests = 100

// mostContestText bounds a note, in characters.
const mostContestText = 500

// checkContests says in French what is wrong with the contests of a school.
func checkContests(school belvedere.UAI, list []Contest) (belvedere.UAI, error) {
	parsed, err := belvedere.ParseUAI(string(school))
	if err != nil {
		return "", belvedere.Errorf(belvedere.Invalid, "Établissement\u00a0: %v.", err)
	}
	if len(list) > MostContests {
		return "", belvedere.Errorf(belvedere.Invalid, "Un établissement conteste au plus %d chiffres à la fois\u00a0: levez d’abord les contestations réglées.", MostContests)
	}
	for _, c := range list {
		if c.Dataset == "" || c.Text == "" || utf8.RuneCountInString(c.Text) > mostContestText {
			return "", belvedere.Errorf(belvedere.Invalid, "Une contestation nomme ce qu’elle conteste et dit pourquoi, en %d caractères au plus.", mostContestText)
		}
	}
	return parsed, nil
}

func (s *store) ListContests(ctx context.Context) (list []Contest, err error) {
	defer belvedere.Wrap(&err, "ListContests")
	err = s.now().each(ctx, "SELECT school, dataset, from_day, line, note, noted_at FROM contest ORDER BY school, rank", nil, func(scan scanner) error {
		var c Contest
		err := scan(&c.School, &c.Dataset, scanDay{&c.From}, &c.Line, &c.Text, scanTime{&c.At})
		list = append(list, c)
		return err
	})
	return list, s.d.explain(err)
}

// PutContests counts as a change of rights: readers then read them again.
func (s *store) PutContests(ctx context.Context, school belvedere.UAI, list []Contest) (err error) {
	defer belvedere.Wrap(&err, "PutContests(%s)", school)
	if school, err = checkContests(school, list); err != nil {
		return err
	}
	return s.writeRights(ctx, func(tx querier) error {
		if err := tx.run(ctx, "DELETE FROM contest WHERE school = ?", school); err != nil {
			return err
		}
		for i, c := range list {
			err := tx.run(ctx, "INSERT INTO contest (school, rank, dataset, from_day, line, note, noted_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
				school, i+1, c.Dataset, day(c.From), c.Line, c.Text, micros(c.At))
			if err != nil {
				return err
			}
		}
		return nil
	})
}
