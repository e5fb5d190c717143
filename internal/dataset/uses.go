package dataset

import (
	"context"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
)

// What people made of a dataset names its indicators and details: questions that they keep, dashboards,
// formulas and populations, alerts, sendings. It would break the day after a withdrawal, without a word.

// mostTold is how many of them a refusal names.
const mostTold = 6

// inUse refuses to withdraw declarations whose names something uses, and says what. Private titles are told to
// nobody: their owner is.
func (s *Service) inUse(ctx context.Context, label string, after *belvedere.Model) error {
	now, err := s.Model(ctx)
	if err != nil {
		return err
	}
	gone := goneNames(now, after)
	var uses []string
	found := func(text, use string, args ...any) {
		if mentions(text, gone) {
			uses = append(uses, fmt.Sprintf(use, args...))
		}
	}
	for _, look := range []func(context.Context, func(text, use string, args ...any)) error{s.questions, s.formulas, s.watches, s.declaredDashboards} {
		if err := look(ctx, found); err != nil {
			return err
		}
	}
	if len(uses) == 0 {
		return nil
	}
	more := ""
	if n := len(uses) - mostTold; n > 0 {
		uses, more = uses[:mostTold], " et "+belvedere.Plural(n, "autre", "autres")
	}
	return belvedere.Errorf(belvedere.Conflict, "Le jeu «\u00a0%s\u00a0» sert encore\u00a0: %s%s. Changez-les, supprimez-les ou demandez-le à qui les tient, puis retirez le jeu.", label, strings.Join(uses, ", "), more)
}

// goneNames are the indicators, details and addresses of pages of a catalogue that another lacks.
func goneNames(now, after *belvedere.Model) map[string]bool {
	gone := map[string]bool{}
	for i := range now.Indicators {
		if code := now.Indicators[i].Code; after.Indicator(code) == nil {
			gone[code] = true
		}
	}
	kept := map[string]bool{}
	for _, d := range after.Datasets {
		for _, dim := range d.Dimensions {
			kept[dim.Name] = true
		}
	}
	for _, d := range now.Datasets {
		for _, dim := range d.Dimensions {
			if !kept[dim.Name] {
				gone[dim.Name] = true
			}
		}
	}
	return gone
}

// mentions tells whether a text holds one of some names, as a word of its own; addresses are read decoded.
func mentions(text string, names map[string]bool) bool {
	text = strings.ReplaceAll(text, `\u0026`, "&")
	if plain, err := url.QueryUnescape(text); err == nil {
		text = plain
	}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' }) {
		if names[word] {
			return true
		}
	}
	return false
}

// titled names what someone made: by its title where others may open it, else by its owner.
func titled(kind, title, owner string, sharing registry.DashboardSharing) string {
	if sharing == registry.SharedNobody && owner != "" {
		return kind + " de " + owner
	}
	return kind + " «\u00a0" + title + "\u00a0»"
}

func (s *Service) questions(ctx context.Context, found func(text, use string, args ...any)) error {
	saved, err := s.Registry.ListSaved(ctx)
	if err != nil {
		return err
	}
	for _, q := range saved {
		found(q.State+" "+strings.Join(q.Parameters, " "), "%s", titled("la requête", q.Title, q.OwnerName, q.Sharing))
	}
	boards, err := s.Registry.ListDashboards(ctx)
	if err != nil {
		return err
	}
	for _, d := range boards {
		found(d.Content, "%s", titled("le tableau de bord", d.Title, d.OwnerName, d.Sharing))
	}
	return nil
}

func (s *Service) formulas(ctx context.Context, found func(text, use string, args ...any)) error {
	for _, kind := range []registry.FormulaKind{registry.FormulaOfFigures, registry.FormulaOfRows} {
		list, err := s.Registry.ListFormulas(ctx, kind)
		if err != nil {
			return err
		}
		for _, f := range list {
			word, sharing := "la formule", registry.SharedNobody
			if kind == registry.FormulaOfRows {
				word = "la population"
			}
			if f.Shared {
				sharing = registry.SharedAll
			}
			found(f.Text, "%s", titled(word, f.Label, f.OwnerName, sharing))
		}
	}
	return nil
}

func (s *Service) watches(ctx context.Context, found func(text, use string, args ...any)) error {
	alerts, err := s.Registry.ListAlerts(ctx, 0)
	if err != nil {
		return err
	}
	for _, a := range alerts {
		found(a.Indicator+" "+strings.Join(a.Filters, " "), "l’alerte n°\u00a0%d", a.ID)
	}
	sendings, err := s.Registry.ListSchedules(ctx)
	if err != nil {
		return err
	}
	for _, one := range sendings {
		found(one.Address, "l’envoi «\u00a0%s\u00a0»", one.Label)
	}
	return nil
}

// declaredDashboards looks at those of the folders of the catalogue.
func (s *Service) declaredDashboards(_ context.Context, found func(text, use string, args ...any)) error {
	folders, err := s.Folders()
	if err != nil {
		return err
	}
	for _, folder := range folders {
		names, err := fs.Glob(folder, "dashboards/*.y*ml")
		if err != nil {
			return err
		}
		for _, name := range names {
			text, err := fs.ReadFile(folder, name)
			if err != nil {
				return err
			}
			found(string(text), "le tableau de bord du fichier %s", path.Base(name))
		}
	}
	return nil
}
