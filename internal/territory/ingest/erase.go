package ingest

import (
	"context"
	"errors"
	"io/fs"

	"belvedere"
	"belvedere/internal/registry"
)

// erase ends the delivery of a file that no format knows and that announces people: the territory keeps counts, and
// such a file is not to lie in its landing folder, nor in its backups. The registry first, so that no delivery waits
// for what is gone; the bytes that another delivery names stay.
func (s *Service) erase(ctx context.Context, p *prepared, progress func(belvedere.Delivery)) error {
	s.landing.arriving.Lock()
	defer s.landing.arriving.Unlock()
	named, err := s.named(ctx, p.delivery)
	if err != nil {
		return err
	}
	if !named {
		p.delivery.Reason += " Sa colonne «\u00a0" + clip(p.personal) + "\u00a0» annonce des personnes\u00a0: le fichier est effacé de ce serveur. Un fichier nominatif se dépose dans le coffre de son établissement."
	}
	if err := s.record(ctx, p, progress); err != nil || named {
		return err
	}
	if err := s.landing.root.Remove(landedName(p.delivery.SHA256)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// named tells whether a delivery that was not refused, or is not this one, has the same bytes.
func (s *Service) named(ctx context.Context, d belvedere.Delivery) (bool, error) {
	list, _, err := s.Registry.List(ctx, registry.DeliveryFilter{}, registry.Page{})
	if err != nil {
		return false, err
	}
	for _, other := range list {
		if other.Seq != d.Seq && other.SHA256 == d.SHA256 && other.State != belvedere.Refused {
			return true, nil
		}
	}
	return false, nil
}
