package notice

import (
	"context"
	"strconv"
	"strings"

	"belvedere"
)

// metaAsked holds the sendings that the command line asks of the server: "12 à la demande, …",
// one on a line.
const metaAsked = "envois.demandes"

// AskNow asks whoever holds the warehouse to send a schedule at once.
func (s *Service) AskNow(ctx context.Context, id int64) (err error) {
	defer belvedere.Wrap(&err, "AskNow(%d)", id)
	if _, err := s.Registry.Schedule(ctx, id); err != nil {
		return err
	}
	waiting, err := s.Registry.Meta(ctx, metaAsked)
	if err != nil {
		return err
	}
	return s.Registry.SetMeta(ctx, metaAsked, waiting+strconv.FormatInt(id, 10)+" "+s.slotNow()+"\n")
}

// slotNow names a sending that is asked for: each asking is a slot of its own.
func (s *Service) slotNow() string {
	return "à la demande, " + s.Now().In(s.Zone).Format("2006-01-02T15:04:05.000")
}

// runAsked sends what was asked for. Two servers that read the same asking send it once, because
// its slot is taken once.
func (s *Service) runAsked(ctx context.Context) error {
	waiting, err := s.Registry.Meta(ctx, metaAsked)
	if err != nil || waiting == "" {
		return err
	}
	if err := s.Registry.SetMeta(ctx, metaAsked, ""); err != nil {
		return err
	}
	for line := range strings.Lines(waiting) {
		number, slot, _ := strings.Cut(strings.TrimSpace(line), " ")
		id, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			continue
		}
		one, err := s.Registry.Schedule(ctx, id)
		if belvedere.KindOf(err) == belvedere.NotFound && err != nil {
			continue // deleted meanwhile
		} else if err != nil {
			return err
		}
		if err := s.send(ctx, one, slot); err != nil {
			return err
		}
	}
	return nil
}
