// Package lesson is the timetable of a school as it takes place, and the roll call of its lessons.
//
// A lesson of the vault is one of the week; it takes place on the days of its alternation on which
// the school is open, unless someone moved it or called it off that day. An alternation of which
// nobody tells the weeks is shown each week, and said to be unsure. Lateness and absence are said
// in the roll call of one lesson on one day; half-days are made of them, see half.go.
//
// Who may: those who may open the vault of the school (package board).
package lesson

import (
	"context"
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/vault"
)

// Config is what the service needs; Vaults is required.
type Config struct {
	Vaults board.Vaults
	Zone   *time.Location
	Now    func() time.Time
}

// A Service is the use cases of timetable and roll call.
type Service struct{ Config }

// New makes the use cases.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	return &Service{c}
}

// read runs f on the vault of a school as it stands. A school without a vault has no lesson.
func (s *Service) read(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, f func(tx *vault.Tx) error) error {
	if err := board.May(who, uai); err != nil {
		return err
	}
	v, err := s.Vaults.Vault(ctx, uai, false)
	if err != nil {
		return err
	}
	return v.Read(ctx, f)
}

// write runs f in a transaction.
func (s *Service) write(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, f func(tx *vault.Tx) error) error {
	if err := board.May(who, uai); err != nil {
		return err
	}
	v, err := s.Vaults.Vault(ctx, uai, false)
	if err != nil {
		return err
	}
	return v.Write(ctx, f)
}

// Today is the date at the school.
func (s *Service) Today() time.Time {
	now := s.Now().In(s.Zone)
	return belvedere.Date(now.Year(), now.Month(), now.Day())
}

// minute is the minute of the day at the school.
func (s *Service) minute() int {
	now := s.Now().In(s.Zone)
	return now.Hour()*60 + now.Minute()
}

func (s *Service) local(us int64) time.Time { return vault.Instant(us).In(s.Zone) }

// Monday is that of the week of a day.
func Monday(d time.Time) time.Time { return d.AddDate(0, 0, 1-weekday(d)) }

// weekday is 1 for Monday to 7 for Sunday, as lessons say it.
func weekday(d time.Time) int { return (int(d.Weekday())+6)%7 + 1 }

// Clock writes minutes since midnight as « 8 h 05 ».
func Clock(minutes int) string {
	text := strconv.Itoa(minutes/60) + belvedere.NarrowSpace + "h"
	if rest := minutes % 60; rest > 0 || minutes == 0 {
		text += belvedere.NarrowSpace + pad(rest)
	}
	return text
}

func pad(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// yearOf is the school year of lessons on a day: that of the vault, which begins in the last days
// of August for teachers and those who come before the first of September.
func yearOf(d time.Time) belvedere.SchoolYear {
	return belvedere.SchoolYearOf(Monday(d).AddDate(0, 0, 6))
}
