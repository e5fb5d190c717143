package directory

import (
	"context"
	"io"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/export"
	"belvedere/internal/school/vault"
)

// A ListForm chooses a distribution list; zero fields choose all.
type ListForm struct {
	Year     belvedere.SchoolYear
	Profile  string
	Division string
	Group    string
	Level    string
}

// A Line is someone of a list; Mail is "" when no source gives one.
type Line struct {
	Name  string
	Mail  string
	About string // division of a pupil, pupils of a guardian, function of staff
}

// A List is a distribution list, by name.
type List struct {
	Lines     []Line
	Addresses []string // each once, whatever its case
	Missing   int      // people without one
}

// Choices are what lists can be made of.
type Choices struct{ Divisions, Groups, Levels []string }

// List makes a distribution list: the pupils of a division, group or level, those who answer for
// them by law, or the staff who teach there.
func (s *Service) List(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, f ListForm) (l List, c Choices, err error) {
	defer belvedere.Wrap(&err, "List(%s, %s %s)", uai, f.Profile, f.Year)
	if err := checkProfile(f.Profile); err != nil {
		return l, c, err
	}
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		r, _, err := readRegister(tx, f.Year)
		if err != nil {
			return err
		}
		c = r.choices()
		l = r.list(f)
		return nil
	})
	return l, c, err
}

func (r *roster) choices() (c Choices) {
	add := func(list *[]string, codes ...string) {
		for _, code := range codes {
			if code != "" && !slices.Contains(*list, code) {
				*list = append(*list, code)
			}
		}
	}
	for _, p := range r.pupils {
		add(&c.Divisions, p.division)
		add(&c.Groups, p.groups...)
		add(&c.Levels, p.level)
	}
	slices.Sort(c.Divisions)
	slices.Sort(c.Groups)
	slices.Sort(c.Levels)
	return c
}

// fits tells whether a pupil is one of the structures that a form asks for.
func (f ListForm) fits(p *pupil) bool {
	return p != nil && (f.Division == "" || p.division == f.Division) && (f.Group == "" || slices.Contains(p.groups, f.Group)) && (f.Level == "" || p.level == f.Level)
}

func (r *register) list(f ListForm) (l List) {
	seen := map[string]bool{}
	add := func(p *person, mail, about string) {
		mail = strings.TrimSpace(mail)
		l.Lines = append(l.Lines, Line{p.called(), mail, about})
		if mail == "" {
			l.Missing++
		} else if key := strings.ToLower(mail); !seen[key] {
			seen[key] = true
			l.Addresses = append(l.Addresses, mail)
		}
	}
	switch f.Profile {
	case Pupils:
		for _, p := range r.pupils {
			if f.fits(p) {
				add(&p.person, p.mail, p.division)
			}
		}
	case Guardians:
		r.guardiansOf(f, add)
	case Staff:
		for _, m := range r.staff {
			if r.teachesIn(m, f) {
				add(&m.person, m.mail, m.function)
			}
		}
	}
	return l
}

// guardiansOf lists each adult once, with the mail of any of his records.
func (r *register) guardiansOf(f ListForm, add func(p *person, mail, about string)) {
	type adult struct {
		p           *person
		mail, about string
	}
	var adults []adult
	for _, h := range r.households {
		for _, m := range h.Members {
			g := r.guardian[r.chosen[m.Person]]
			pupils := slices.DeleteFunc(slices.Clone(m.Pupils), func(id int64) bool { return !f.fits(r.pupil[id]) })
			if g == nil || len(pupils) == 0 {
				continue
			}
			a := adult{p: &g.person, mail: g.mail, about: r.listed(pupils)}
			for _, id := range append([]int64{m.Person}, m.Others...) {
				if o := r.guardian[id]; a.mail == "" && o != nil {
					a.mail = o.mail
				}
			}
			adults = append(adults, a)
		}
	}
	slices.SortFunc(adults, func(a, b adult) int { return byName(a.p, b.p) })
	for _, a := range adults {
		add(a.p, a.mail, a.about)
	}
}

// teachesIn tells whether staff teach one of the pupils that a form asks for; everyone when it asks
// for no structure.
func (r *roster) teachesIn(m *member, f ListForm) bool {
	if f.Division == "" && f.Group == "" && f.Level == "" {
		return true
	}
	in, groups := append(codes(m.divisions), m.head...), codes(m.groups)
	if f.Division == "" && f.Level == "" {
		return slices.Contains(groups, f.Group)
	}
	return slices.ContainsFunc(r.pupils, func(p *pupil) bool {
		return f.fits(p) && (f.Group == "" && slices.Contains(in, p.division) ||
			slices.ContainsFunc(p.groups, func(g string) bool { return slices.Contains(groups, g) && (f.Group == "" || g == f.Group) }))
	})
}

// CSV writes a list, those without an address too.
func (l List) CSV(w io.Writer) error {
	return export.Lines(w, func(yield func([]string) bool) {
		if !yield([]string{"nom", "mel", "concerne"}) {
			return
		}
		for _, one := range l.Lines {
			if !yield([]string{one.Name, one.Mail, one.About}) {
				return
			}
		}
	})
}
