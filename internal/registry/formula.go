package registry

import (
	"context"
	"regexp"
	"time"
	"unicode/utf8"

	"belvedere"
)

// Formulas keeps the formulas and the populations that people wrote, with their versions. It keeps no
// figure, and decides nothing of who may see which: whoever uses one is answered with his or her rights.
type Formulas interface {
	// ListFormulas gives those of a kind by label, as they stand.
	ListFormulas(ctx context.Context, kind FormulaKind) ([]SavedFormula, error)
	// Formula finds one by its code. NotFound when there is none.
	Formula(ctx context.Context, kind FormulaKind, code string) (SavedFormula, error)
	// CreateFormula keeps a new one, version 1. Conflict when the code is taken.
	CreateFormula(ctx context.Context, f SavedFormula) (SavedFormula, error)
	// SaveFormula adds a version to one whose last is f.Version; Conflict when another was saved
	// meanwhile. A verified one is to be verified again.
	SaveFormula(ctx context.Context, f SavedFormula, v FormulaVersion) (SavedFormula, error)
	// ShareFormula sets who may use one: its owner, or everyone.
	ShareFormula(ctx context.Context, id int64, shared bool) error
	// VerifyFormula says that someone stands for a version of one; "" takes it back. Conflict when the
	// version is not the last.
	VerifyFormula(ctx context.Context, id int64, version int, by string, at time.Time) error
	DeleteFormula(ctx context.Context, id int64) error
	// FormulaVersions gives those of one, newest first.
	FormulaVersions(ctx context.Context, id int64) ([]FormulaVersion, error)
}

// FormulaKind tells formulas and populations apart.
type FormulaKind string

// The kinds.
const (
	FormulaOfFigures FormulaKind = "formule"
	FormulaOfRows    FormulaKind = "population"
)

// A SavedFormula is a formula or a population as it stands.
type SavedFormula struct {
	ID         int64
	Kind       FormulaKind
	Code       string
	Owner      int64 // 0: the operator
	OwnerName  string
	Shared     bool
	VerifiedBy string // "" when nobody stands for the last version
	Verified   time.Time
	Version    int
	Created    time.Time
	Updated    time.Time
	FormulaVersion
}

// A FormulaVersion is what one said at a time.
type FormulaVersion struct {
	Number      int
	Label       string
	Definition  string
	Text        string // of a population: its filters
	Unit        string
	Decimals    int
	Percent     bool
	BetterIsLow bool
	By          string
	At          time.Time
	Note        string
}

// MostSavedFormulas is the most that one account may own of both kinds, so that nobody fills the registry.
const MostSavedFormulas = 500

// mostFormulaText bounds the text of one, in characters.
const mostFormulaText = 2000

var formulaCode = regexp.MustCompile(`^[a-z][a-z0-9_]{0,59}$`)

func (f SavedFormula) check() error {
	switch {
	case f.Kind != FormulaOfFigures && f.Kind != FormulaOfRows:
		return belvedere.Errorf(belvedere.Invalid, "C’est une formule ou une population.")
	case !formulaCode.MatchString(f.Code):
		return belvedere.Errorf(belvedere.Invalid, "Le code %q doit commencer par une lettre et n’avoir que des minuscules sans accent, des chiffres et des traits bas, 60 au plus.", f.Code)
	}
	return f.FormulaVersion.check()
}

func (v FormulaVersion) check() error {
	if key(v.Label) == "" {
		return belvedere.Errorf(belvedere.Invalid, "Un libellé est attendu.")
	}
	for _, one := range []struct {
		name, text string
		most       int
	}{{"Le libellé", v.Label, 120}, {"L’unité", v.Unit, 40}, {"La note de version", v.Note, 300}} {
		if err := checkLength(one.name, one.text, one.most); err != nil {
			return err
		}
	}
	switch {
	case utf8.RuneCountInString(v.Text) > mostFormulaText || utf8.RuneCountInString(v.Definition) > mostFormulaText:
		return belvedere.Errorf(belvedere.TooLarge, "Le texte et la définition comptent au plus %d caractères.", mostFormulaText)
	case key(v.Text) == "":
		return belvedere.Errorf(belvedere.Invalid, "Le texte est vide.")
	case v.Decimals < 0 || v.Decimals > 6:
		return belvedere.Errorf(belvedere.Invalid, "Le nombre de décimales va de 0 à 6.")
	}
	return nil
}
