package dataset

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/mapping"
	"belvedere/internal/words"
)

// A Role is what someone says that a column is.
type Role string

// The roles.
const (
	Ignored   Role = ""
	KeySchool Role = "etablissement" // a UAI, or a name that a table of correspondence knows
	KeyTown   Role = "commune"
	KeyDay    Role = "jour"
	KeyMonth  Role = "mois"
	KeyYear   Role = "annee"
	Dimension Role = "dimension"
	Measure   Role = "mesure"
)

// Label is the role as the page names it.
func (r Role) Label() string {
	switch r {
	case Ignored:
		return "Ignorée"
	case KeySchool:
		return "Clé : établissement"
	case KeyTown:
		return "Clé : commune"
	case KeyDay:
		return "Clé : date"
	case KeyMonth:
		return "Clé : mois"
	case KeyYear:
		return "Clé : année scolaire"
	case Dimension:
		return "Détail (liste)"
	}
	return "Mesure"
}

// Roles are all of them, in the order of the page.
var Roles = []Role{Ignored, KeySchool, KeyTown, KeyDay, KeyMonth, KeyYear, Dimension, Measure}

// How the numbers of a measure come together.
const (
	Adds     = "somme"    // counts and amounts
	Weighted = "ponderee" // a mean, weighted by another column
	Simple   = "simple"   // a mean in which each line counts as one
)

// A Column is what is said of one column of the file.
type Column struct {
	Header string
	Role   Role
	Name   string // of the dimension or measure
	Label  string
	List   string // of a dimension: an existing list, "" for an open one of its own
	Unit   string
	Adds   string
	Weight int // column of the weights of a mean, -1 for none
}

// A Plan is all that is said about a file: the declarations follow from it.
type Plan struct {
	Into    string // existing dataset that the file feeds; "" for a new one
	Name    string // of the new dataset
	Label   string
	Doc     string // what it holds, in one sentence
	Source  string // who makes the file
	Kind    belvedere.DatasetKind
	Year    string // school year of all lines of a file without a date
	Theme   string // code of a theme, or the label of a new one
	Widget  string // right that opens the indicators, "aucun" for all readers
	Basis   string
	Keep    string // retention, in words
	Secrecy string
	Repeat  string // lines of the same key: erreur, somme, premier
	Columns []Column
	Left    []string                 // names in that column whose lines are put aside
	Schools map[string]belvedere.UAI // names in the column of schools that stand for a school
}

// DefaultBasis is proposed as legal basis.
const DefaultBasis = "Mission d’intérêt public"

// key is the first column with a role, -1 for none.
func (p *Plan) key(roles ...Role) int {
	return slices.IndexFunc(p.Columns, func(c Column) bool { return slices.Contains(roles, c.Role) })
}

// Place is what the lines of the file are about.
func (p *Plan) Place() belvedere.Place {
	switch {
	case p.key(KeySchool) >= 0:
		return belvedere.BySchool
	case p.key(KeyTown) >= 0:
		return belvedere.ByTown
	}
	return belvedere.ByTerritory
}

// Time is the grain of the lines.
func (p *Plan) Time() belvedere.TimeGrain {
	switch {
	case p.key(KeyDay) >= 0:
		return belvedere.ByDay
	case p.key(KeyMonth) >= 0:
		return belvedere.ByMonth
	}
	return belvedere.ByYear
}

// of gives the places of the columns of a role.
func (p *Plan) of(r Role) (out []int) {
	for i, c := range p.Columns {
		if c.Role == r {
			out = append(out, i)
		}
	}
	return out
}

var plainName = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// Slug makes a name of a label: letters and digits without accents.
func Slug(label string) string {
	var b strings.Builder
	gap := false
	for _, r := range words.Fold(label) {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('_')
		}
		gap = false
		b.WriteRune(r)
		if b.Len() >= 40 {
			break
		}
	}
	s := strings.Trim(b.String(), "_")
	if s == "" || s[0] >= '0' && s[0] <= '9' {
		return strings.Trim("c_"+s, "_")
	}
	return s
}

// Check says what is missing or cannot be, field by field, before declarations are made of the plan.
func (p *Plan) Check(m *belvedere.Model, seen []mapping.Seen) (flaws admin.Flaws) {
	add := func(field, format string, args ...any) {
		flaws = append(flaws, admin.Flaw{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	p.checkKeys(add)
	p.checkColumns(m, seen, add)
	if len(p.of(Measure)) == 0 {
		add("colonnes", "Aucune colonne n’est une mesure\u00a0: choisissez au moins un nombre à compter.")
	}
	if p.Source == "" {
		add("source", "Dites qui produit ce fichier\u00a0: la source est citée avec les chiffres.")
	}
	if p.Into != "" {
		p.checkInto(m, add)
		return flaws
	}
	switch {
	case !plainName.MatchString(p.Name) || len(p.Name) > 40:
		add("nom", "Le nom compte des lettres minuscules sans accent, des chiffres et «\u00a0_\u00a0», 40 au plus.")
	case m.Dataset(p.Name) != nil:
		add("nom", "Le jeu «\u00a0%s\u00a0» existe déjà\u00a0: choisissez un autre nom, ou alimentez-le.", p.Name)
	}
	for field, v := range map[string]string{"libelle": p.Label, "description": p.Doc, "theme": p.Theme, "base": p.Basis, "conservation": p.Keep} {
		if strings.TrimSpace(v) == "" {
			add(field, "Ce champ est à remplir\u00a0: il accompagne les chiffres partout où ils sont montrés.")
		}
	}
	if p.Kind != belvedere.Flow && p.Kind != belvedere.Stock {
		add("nature", "Dites si le fichier compte des événements ou décrit un état.")
	}
	if !slices.Contains([]string{"aucun", "5", "10"}, p.Secrecy) {
		add("secret", "Choisissez une classe de secret.")
	}
	slices.SortStableFunc(flaws, func(a, b admin.Flaw) int { return strings.Compare(a.Field, b.Field) })
	return flaws
}

func (p *Plan) checkKeys(add func(field, format string, args ...any)) {
	if len(p.of(KeySchool)) > 1 || len(p.of(KeyTown)) > 1 || p.key(KeySchool) >= 0 && p.key(KeyTown) >= 0 {
		add("colonnes", "Une seule colonne dit de quel établissement, ou de quelle commune, parle la ligne.")
	}
	times := len(p.of(KeyDay)) + len(p.of(KeyMonth)) + len(p.of(KeyYear))
	switch {
	case times > 1:
		add("colonnes", "Une seule colonne donne la date de la ligne.")
	case times == 0:
		if _, err := belvedere.ParseSchoolYear(p.Year); err != nil {
			add("annee", "Aucune colonne ne donne de date\u00a0: dites de quelle année scolaire parle le fichier, par exemple 2024-2025.")
		}
	}
}

func (p *Plan) checkColumns(m *belvedere.Model, seen []mapping.Seen, add func(field, format string, args ...any)) {
	names := map[string]bool{}
	for i, c := range p.Columns {
		field := fmt.Sprintf("col%d", i)
		if c.Role == Ignored {
			continue
		}
		if i < len(seen) && seen[i].Identity != "" && (c.Role != KeySchool || len(p.Schools) == 0) {
			add(field, "La colonne «\u00a0%s\u00a0» est refusée\u00a0: %s. Le territoire ne garde rien qui dise qui est une personne.", c.Header, seen[i].Why)
			continue
		}
		if c.Role != Dimension && c.Role != Measure {
			continue
		}
		switch {
		case !plainName.MatchString(c.Name) || len(c.Name) > 40:
			add(field, "Le nom de la colonne «\u00a0%s\u00a0» compte des lettres minuscules sans accent, des chiffres et «\u00a0_\u00a0».", c.Header)
		case names[c.Name]:
			add(field, "Deux colonnes portent le nom «\u00a0%s\u00a0».", c.Name)
		}
		names[c.Name] = true
		if c.Role == Measure {
			p.checkMeasure(field, c, seen, i, add)
		} else if i < len(seen) {
			p.checkDimension(m, field, c, seen[i], add)
		}
	}
}

func (p *Plan) checkMeasure(field string, c Column, seen []mapping.Seen, i int, add func(field, format string, args ...any)) {
	if i < len(seen) && seen[i].Filled > 0 && seen[i].Shape != mapping.Integer && seen[i].Shape != mapping.Decimal && seen[i].Shape != mapping.Year &&
		seen[i].Shape != mapping.Postcode && seen[i].Shape != mapping.Commune && seen[i].Shape != mapping.Departement {
		add(field, "La colonne «\u00a0%s\u00a0» ne contient pas de nombres.", c.Header)
	}
	if c.Unit == "" && p.Into == "" {
		add(field, "Dites l’unité de «\u00a0%s\u00a0»\u00a0: élèves, repas, €…", c.Header)
	}
	switch c.Adds {
	case Adds, Simple:
	case Weighted:
		if c.Weight < 0 || c.Weight >= len(p.Columns) || c.Weight == i {
			add(field, "Une moyenne pondérée demande la colonne de ses poids, par exemple un effectif.")
		} else if p.Place() != belvedere.BySchool {
			add(field, "Une moyenne par commune ou par date n’est pas pondérée\u00a0: choisissez «\u00a0moyenne simple\u00a0».")
		}
	default:
		add(field, "Dites si «\u00a0%s\u00a0» s’additionne ou est une moyenne.", c.Header)
	}
}

// checkDimension refuses a column that tells nearly every line from the others: it may designate people.
func (p *Plan) checkDimension(m *belvedere.Model, field string, c Column, s mapping.Seen, add func(field, format string, args ...any)) {
	switch {
	case s.Filled >= 50 && s.Distinct*10 >= s.Filled*9:
		add(field, "La colonne «\u00a0%s\u00a0» a presque une valeur par ligne\u00a0: elle désigne les lignes, peut-être des personnes, et n’est pas un détail.", c.Header)
	case c.List != "" && m.CodeLists[c.List] == nil:
		add(field, "La liste «\u00a0%s\u00a0» n’existe pas.", c.List)
	}
}

// checkInto sees that a file says all that an existing dataset asks.
func (p *Plan) checkInto(m *belvedere.Model, add func(field, format string, args ...any)) {
	d := m.Dataset(p.Into)
	if d == nil || d.Kind == belvedere.Register || d.Kind == belvedere.Distinct || d.Time == belvedere.ByHour {
		add("jeu", "Le jeu «\u00a0%s\u00a0» n’existe pas, ou un fichier quelconque ne peut pas l’alimenter.", p.Into)
		return
	}
	if p.Place() != d.Place {
		add("colonnes", "Le jeu «\u00a0%s\u00a0» compte par %s.", d.Label, d.Place.Label())
	}
	for i, c := range p.Columns {
		if c.Role == Measure && (d.Measure(c.Name) == nil || c.Adds != Adds) || c.Role == Dimension && d.Dimension(c.Name) == nil {
			add(fmt.Sprintf("col%d", i), "Le jeu «\u00a0%s\u00a0» n’a pas de colonne «\u00a0%s\u00a0» qui convienne.", d.Label, c.Name)
		}
	}
	given := func(name string) bool {
		return slices.ContainsFunc(p.Columns, func(c Column) bool { return c.Name == name && (c.Role == Measure || c.Role == Dimension) })
	}
	for _, one := range d.Dimensions {
		if !one.Optional && !given(one.Name) {
			add("colonnes", "Le jeu «\u00a0%s\u00a0» demande le détail «\u00a0%s\u00a0» (%s).", d.Label, one.Label, one.Name)
		}
	}
	for _, one := range d.Measures {
		if one.Required && !given(one.Name) {
			add("colonnes", "Le jeu «\u00a0%s\u00a0» demande la mesure «\u00a0%s\u00a0» (%s).", d.Label, one.Label, one.Name)
		}
	}
}
