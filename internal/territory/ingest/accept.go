package ingest

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"belvedere"
)

// mostAnnounced bounds how many slices one delivery may announce.
const mostAnnounced = 100_000

// Accept takes a file in. When it returns without error the delivery is acknowledged: file and
// registry are on disk. replayed tells that it was known already, and then the answer is the
// first one as it stands now.
//
// Invalid, TooLarge, Conflict (same source and id with other bytes), Forbidden (a school that the
// sender may not deliver) and Unavailable (full disk) leave nothing behind.
func (s *Service) Accept(ctx context.Context, in Submission) (d belvedere.Delivery, replayed bool, err error) {
	defer belvedere.Wrap(&err, "ingest.Accept(%s, %s)", in.Source, in.ID)
	d = belvedere.Delivery{ID: in.ID, Source: in.Source, Dataset: in.Dataset, FileName: displayName(in.FileName)}
	if d.Announced, err = s.checkSubmission(ctx, in); err != nil {
		return d, false, err
	}
	if d.Only, err = onlyOf(in, d.Announced); err != nil {
		return d, false, err
	}
	if free, known := freeBytes(s.landing.dir); known && s.Limits.FreeBytes > 0 && free < s.Limits.FreeBytes {
		return d, false, errorf(belvedere.Unavailable,
			"Le disque du serveur est presque plein (%s libres) : rien n’a été enregistré. Libérez de la place, puis renvoyez le fichier.", bytesText(free))
	}
	file, err := s.landing.receive(&cancellable{ctx, in.Body}, s.Limits.FileBytes)
	if err != nil {
		return d, false, err
	}
	defer file.named()
	d.SHA256, d.Size, d.Received = file.sha256, file.size, s.Now().UTC()
	// A file that the registry then refuses stays in the folder: another delivery may own the
	// same bytes, and no one reads a file that no delivery names.
	d, replayed, err = s.Registry.Accept(ctx, d)
	if err == nil && !replayed {
		s.rouse()
	}
	return d, replayed, err
}

// checkSubmission refuses at the door what could never be published.
func (s *Service) checkSubmission(ctx context.Context, in Submission) (announced []string, err error) {
	model, err := s.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case in.Body == nil:
		return nil, errorf(belvedere.Invalid, "Aucun fichier n’a été envoyé.")
	case in.Source == "" || !printableName(in.Source):
		return nil, errorf(belvedere.Invalid, "La source « %s » n’est pas un nom valable : 200 caractères au plus, sans espace.", clip(in.Source))
	case in.ID != "" && !printableName(in.ID):
		return nil, errorf(belvedere.Invalid, "L’identifiant de livraison doit compter 200 caractères au plus, sans espace ni caractère de contrôle.")
	case in.Dataset != "" && !knows(model, in.Dataset):
		return nil, unknownDataset(model, in.Dataset)
	case len(in.Announced) > mostAnnounced:
		return nil, errorf(belvedere.TooLarge, "Une livraison annonce au plus %s. Découpez-la.", belvedere.Plural(mostAnnounced, "tranche", "tranches"))
	}
	for _, text := range in.Announced {
		a, err := parseAnnounced(text)
		if err != nil {
			return nil, err
		}
		announced = append(announced, a.String())
	}
	slices.Sort(announced)
	return slices.Compact(announced), nil
}

// knows tells whether a name is a dataset or the code of a form.
func knows(m *belvedere.Model, name string) bool {
	return m.Dataset(name) != nil || slices.ContainsFunc(m.Forms, func(f *belvedere.Form) bool { return f.Code == name })
}

func unknownDataset(m *belvedere.Model, name string) error {
	var names []string
	for _, d := range m.Datasets {
		names = append(names, d.Name)
	}
	return errorf(belvedere.Invalid, "Le jeu de données « %s » n’existe pas. Les jeux connus sont : %s.", clip(name), strings.Join(names, ", "))
}

// printableName accepts what may stand in an address and in a journal.
func printableName(s string) bool {
	return len(s) <= 200 && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	})
}

// displayName keeps of a sender's file name what can be shown: no folder, no control, no mark
// that turns the direction of writing.
func displayName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if r != ' ' && !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
	if r := []rune(name); len(r) > 200 {
		name = string(r[:200]) + "…"
	}
	return name
}

// rouse wakes the worker up, which else looks at its own pace.
func (s *Service) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// cancellable stops a copy when its context ends.
type cancellable struct {
	ctx  context.Context
	body interface{ Read([]byte) (int, error) }
}

func (c *cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.body.Read(p)
}
