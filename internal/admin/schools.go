package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// SchoolsConfig is what the corrections of the register need; all is required but Now.
type SchoolsConfig struct {
	Registry registry.SchoolEdits
	Schools  Directory
	Now      func() time.Time
}

// Schools are the use cases of what administrators correct of the register of schools:
// postcodes, opening, closing, successor.
type Schools struct{ SchoolsConfig }

// NewSchools makes the use cases of corrections.
func NewSchools(c SchoolsConfig) *Schools {
	c.Now, _ = clock(c.Now, nil)
	return &Schools{c}
}

// A SchoolLine is a school with its correction, whose zero value is none.
type SchoolLine struct {
	School
	Edit   registry.SchoolEdit
	Edited bool
}

// Postcodes are those in force.
func (l SchoolLine) Postcodes() []string {
	if l.Edit.Postcodes != nil {
		return l.Edit.Postcodes
	}
	return splitPostcodes(l.Attributes["codes_postaux"])
}

// splitPostcodes cuts an attribute of the register, whatever parts its codes.
func splitPostcodes(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// List gives the schools of the register that hold all words of a text in name, UAI, commune or
// postcode, by name; edited keeps those that were corrected.
func (s *Schools) List(ctx context.Context, text string, edited bool) (_ []SchoolLine, err error) {
	defer belvedere.Wrap(&err, "List")
	schools, edits, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	var out []SchoolLine
	for _, one := range schools {
		e, has := edits[one.UAI]
		l := SchoolLine{School: one, Edit: e, Edited: has}
		if (one.Listed || has) && (has || !edited) && holds(one.Name+" "+string(one.UAI)+" "+one.Attributes["commune"]+" "+strings.Join(l.Postcodes(), " "), text) {
			out = append(out, l)
		}
	}
	return out, nil
}

// School gives one of the register. NotFound when the register does not know it.
func (s *Schools) School(ctx context.Context, uai belvedere.UAI) (_ SchoolLine, err error) {
	defer belvedere.Wrap(&err, "School(%s)", uai)
	schools, edits, err := s.all(ctx)
	if err != nil {
		return SchoolLine{}, err
	}
	for _, one := range schools {
		if e, has := edits[uai]; one.UAI == uai && (one.Listed || has) {
			return SchoolLine{School: one, Edit: e, Edited: has}, nil
		}
	}
	return SchoolLine{}, errNowhere
}

func (s *Schools) all(ctx context.Context) ([]School, map[belvedere.UAI]registry.SchoolEdit, error) {
	schools, err := s.Schools.Schools(ctx)
	if err != nil {
		return nil, nil, err
	}
	list, err := s.Registry.ListSchoolEdits(ctx)
	if err != nil {
		return nil, nil, err
	}
	edits := make(map[belvedere.UAI]registry.SchoolEdit, len(list))
	for _, e := range list {
		edits[e.School] = e
	}
	return schools, edits, nil
}

// A SchoolForm is a correction as a person writes it. The names of its flaws are code_postal,
// ouverture, fermeture and devient.
type SchoolForm struct {
	School      belvedere.UAI
	Version     int64    // of the correction that was shown, 0 for none
	AsDelivered bool     // the postcodes that deliveries give
	Postcodes   []string // in their order; empty ones are left out
	Opened      string   // "" as delivered
	Closed      string   // first day on which it is closed
	MergedInto  string   // UAI, "" as delivered
}

// SchoolFormOf is the form of a school.
func SchoolFormOf(l SchoolLine) SchoolForm {
	f := SchoolForm{School: l.UAI, Version: l.Edit.Version, AsDelivered: l.Edit.Postcodes == nil, Postcodes: l.Postcodes(), MergedInto: string(l.Edit.MergedInto)}
	f.Opened, f.Closed = dateText(l.Edit.Opened), dateText(l.Edit.Closed)
	return f
}

func dateText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// Save writes a correction, or removes it when nothing is corrected any more, and says what
// changed, in words. Its error is a Flaws for what the person must correct, NotFound for a school
// that the register does not know, Conflict when another has corrected it since the form was shown.
func (s *Schools) Save(ctx context.Context, by belvedere.Viewer, f SchoolForm) (changes []string, err error) {
	defer belvedere.Wrap(&err, "Save(%s)", f.School)
	schools, edits, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	names := byUAI(schools)
	kept, has := edits[f.School]
	if !names[f.School].Listed && !has {
		return nil, errNowhere
	}
	if shown := (SchoolLine{School: names[f.School], Edit: kept}); kept.Postcodes == nil && slices.Equal(written(f.Postcodes), shown.Postcodes()) {
		f.AsDelivered = true // what deliveries say, sent back as it was shown
	}
	edit, flaws := f.checked(names, edits)
	if err := flaws.orNil(); err != nil {
		return nil, err
	}
	if f.Version != kept.Version {
		return nil, belvedere.Errorf(belvedere.Conflict, "%s", french("Quelqu’un d’autre a modifié cet établissement entre-temps : rien n’a été enregistré. Voici les différences avec ce que vous avez saisi : "+
			strings.Join(editWords(edit).since(editWords(kept)), " ; ")+". Validez de nouveau pour mettre votre saisie à la place."))
	}
	if changes = editWords(edit).since(editWords(kept)); len(changes) == 0 {
		return nil, nil
	}
	edit.By, edit.At = by.Login, s.Now().UTC()
	if edit.Postcodes == nil && edit.Opened.IsZero() && edit.Closed.IsZero() && edit.MergedInto == "" {
		return changes, s.Registry.DeleteSchoolEdit(ctx, f.School)
	}
	_, err = s.Registry.PutSchoolEdit(ctx, edit)
	return changes, err
}

// mostPostcodes bounds those of one school.
const mostPostcodes = 20

func (f SchoolForm) checked(names map[belvedere.UAI]School, edits map[belvedere.UAI]registry.SchoolEdit) (registry.SchoolEdit, Flaws) {
	edit := registry.SchoolEdit{School: f.School, Version: f.Version}
	var flaws Flaws
	if !f.AsDelivered {
		edit.Postcodes = f.postcodes(&flaws)
	}
	edit.Opened = flaws.date("ouverture", f.Opened)
	edit.Closed = flaws.date("fermeture", f.Closed)
	if !edit.Opened.IsZero() && !edit.Closed.IsZero() && !edit.Closed.After(edit.Opened) {
		flaws.add("fermeture", "L’établissement fermerait le %s, avant d’avoir ouvert le %s : corrigez l’une des deux dates.", belvedere.ShortDate(edit.Closed), belvedere.ShortDate(edit.Opened))
	}
	if strings.TrimSpace(f.MergedInto) == "" {
		return edit, flaws
	}
	into, err := belvedere.ParseUAI(f.MergedInto)
	switch {
	case err != nil:
		flaws.add("devient", "%s", capital(err.Error())+".")
	case into == f.School:
		flaws.add("devient", "Un établissement ne devient pas lui-même : indiquez l’UAI de celui qui lui succède.")
	case !names[into].Listed:
		flaws.add("devient", "Le registre des établissements ne connaît pas l’UAI %s : livrez d’abord un registre qui le contient.", into)
	default:
		edit.MergedInto = into
		if chain := cycle(f.School, into, names, edits); chain != nil {
			flaws.add("devient", "Ces établissements deviendraient l’un l’autre sans fin : %s. Corrigez l’un d’eux d’abord.", strings.Join(chain, " → "))
		}
	}
	return edit, flaws
}

// ValidPostcode tells whether a text can be a postcode: five digits, and a département before.
func ValidPostcode(s string) bool {
	return len(s) == 5 && strings.Trim(s, "0123456789") == "" && !strings.HasPrefix(s, "00")
}

// written are the postcodes that are not empty, without spaces.
func written(list []string) []string {
	out := []string{}
	for _, p := range list {
		if p = strings.ToUpper(strings.Join(strings.Fields(p), "")); p != "" {
			out = append(out, p)
		}
	}
	return out
}

func (f SchoolForm) postcodes(flaws *Flaws) []string {
	out := []string{}
	for _, p := range written(f.Postcodes) {
		switch {
		case slices.Contains(out, p):
		case strings.HasPrefix(p, "2A") || strings.HasPrefix(p, "2B"):
			flaws.add("code_postal", "Les codes postaux de Corse commencent par 20, comme 20000, et non par %s.", p[:2])
		case !ValidPostcode(p):
			flaws.add("code_postal", "« %s » n’est pas un code postal : il compte cinq chiffres, comme 35000 ou 97410.", quoted(p))
		default:
			out = append(out, p)
		}
	}
	if len(out) > mostPostcodes {
		flaws.add("code_postal", "Un établissement a au plus %d codes postaux.", mostPostcodes)
	}
	if len(out) == 0 && len(*flaws) == 0 {
		flaws.add("code_postal", "Indiquez au moins un code postal, ou rétablissez ceux des livraisons.")
	}
	return out
}

// date reads an optional date.
func (f *Flaws) date(field, s string) time.Time {
	if strings.TrimSpace(s) == "" {
		return time.Time{}
	}
	d, err := belvedere.ParseDate(s)
	if err != nil {
		f.add(field, "%s", capital(err.Error())+".")
	}
	return d
}

// cycle follows the successors of a school; nil when they come to an end, else the way round.
func cycle(from, into belvedere.UAI, names map[belvedere.UAI]School, edits map[belvedere.UAI]registry.SchoolEdit) []string {
	return cycleFrom([]belvedere.UAI{from}, into, names, edits, map[belvedere.UAI]bool{})
}

// cycleFrom goes on from a way that comes to a school: each of its successors may lead back.
func cycleFrom(way []belvedere.UAI, at belvedere.UAI, names map[belvedere.UAI]School, edits map[belvedere.UAI]registry.SchoolEdit, seen map[belvedere.UAI]bool) []string {
	way = append(slices.Clip(way), at)
	if slices.Contains(way[:len(way)-1], at) {
		var out []string
		for _, u := range way {
			out = append(out, string(u))
		}
		return out
	}
	if seen[at] {
		return nil
	}
	seen[at] = true
	next := []belvedere.UAI{edits[at].MergedInto}
	if next[0] == "" {
		next = nil
		for _, text := range strings.Split(names[at].Attributes["devient"], ",") {
			if u := belvedere.UAI(strings.TrimSpace(text)); u != "" {
				next = append(next, u)
			}
		}
	}
	for _, u := range next {
		if chain := cycleFrom(way, u, names, edits, seen); chain != nil {
			return chain
		}
	}
	return nil
}

func editWords(e registry.SchoolEdit) facts {
	postcodes, opened, closed, into := "ceux des livraisons", "selon les livraisons", "selon les livraisons", "selon les livraisons"
	if e.Postcodes != nil {
		postcodes = strings.Join(e.Postcodes, ", ")
	}
	if !e.Opened.IsZero() {
		opened = belvedere.ShortDate(e.Opened)
	}
	if !e.Closed.IsZero() {
		closed = belvedere.ShortDate(e.Closed)
	}
	if e.MergedInto != "" {
		into = string(e.MergedInto)
	}
	return facts{{"codes postaux", postcodes}, {"ouverture", opened}, {"fermeture", closed}, {"devient", into}}
}

// Restore takes back all corrections of a school.
func (s *Schools) Restore(ctx context.Context, uai belvedere.UAI) (err error) {
	defer belvedere.Wrap(&err, "Restore(%s)", uai)
	l, err := s.School(ctx, uai)
	if err != nil {
		return err
	}
	if !l.Edited {
		return belvedere.Errorf(belvedere.NotFound, "%s", french(fmt.Sprintf("L’établissement %s n’est pas corrigé : rien n’est à rétablir.", uai)))
	}
	return s.Registry.DeleteSchoolEdit(ctx, uai)
}
