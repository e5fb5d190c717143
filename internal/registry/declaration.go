package registry

import (
	"context"
	"strconv"
	"time"
	"unicode/utf8"

	"belvedere"
)

// Declarations keeps the part of the catalogue that people declared in the product. Texts are checked
// by who understands them; the registry keeps every revision and counts the changes, so that each
// process knows when to read them again.
type Declarations interface {
	// DeclarationsVersion changes whenever a declaration is kept or withdrawn.
	DeclarationsVersion(ctx context.Context) (int64, error)
	// ListDeclarations gives the last revision of each declaration in use, by kind and name; with
	// withdrawn also of those that are in use no longer.
	ListDeclarations(ctx context.Context, withdrawn bool) ([]Declaration, error)
	// DeclarationHistory gives all revisions of a declaration, newest first. NotFound when there is none.
	DeclarationHistory(ctx context.Context, kind DeclarationKind, name string) ([]Declaration, error)
	// PutDeclarations keeps several at once, each as the next revision of its kind and name. They were
	// checked beside the declarations of version: Conflict when another change came between.
	PutDeclarations(ctx context.Context, version int64, list []Declaration) error
}

// A DeclarationKind is what a declaration declares.
type DeclarationKind string

// The kinds, in the order in which names are used.
const (
	DeclaredCodes      DeclarationKind = "codes"
	DeclaredDataset    DeclarationKind = "dataset"
	DeclaredForm       DeclarationKind = "form"
	DeclaredIndicators DeclarationKind = "indicators"
	DeclaredPage       DeclarationKind = "page"
)

// DeclarationKinds are all of them.
var DeclarationKinds = []DeclarationKind{DeclaredCodes, DeclaredDataset, DeclaredForm, DeclaredIndicators, DeclaredPage}

// Label is the kind as pages name it.
func (k DeclarationKind) Label() string {
	switch k {
	case DeclaredCodes:
		return "liste de codes"
	case DeclaredDataset:
		return "jeu de données"
	case DeclaredForm:
		return "format de fichier"
	case DeclaredIndicators:
		return "indicateurs"
	case DeclaredPage:
		return "page"
	}
	return string(k)
}

// folder is where a catalogue keeps declarations of the kind.
func (k DeclarationKind) folder() string {
	switch k {
	case DeclaredDataset:
		return "datasets"
	case DeclaredForm:
		return "forms"
	case DeclaredPage:
		return "pages"
	}
	return string(k)
}

// A Declaration is one revision of a declared text.
type Declaration struct {
	ID        int64
	Kind      DeclarationKind
	Name      string
	Revision  int
	Dataset   string // that it belongs to: a list, a format or indicators made with it
	Label     string
	Text      string // YAML
	Withdrawn bool   // this revision ends it
	Author    string // identifiant
	At        time.Time
	Reason    string
}

// Path is the file of a catalogue that it stands for.
func (d Declaration) Path() string { return d.Kind.folder() + "/" + d.Name + ".yaml" }

// mostDeclaration bounds the text of a declaration, in bytes.
const mostDeclaration = 1 << 20

func (d Declaration) check() error {
	switch {
	case d.Kind.Label() == string(d.Kind) && d.Kind != DeclaredIndicators:
		return belvedere.Errorf(belvedere.Invalid, "Une déclaration est une liste de codes, un jeu, un format, des indicateurs ou une page.")
	case !plainName(d.Name):
		return belvedere.Errorf(belvedere.Invalid, "Le nom d’une déclaration compte de 1 à 60 lettres minuscules sans accent, chiffres et soulignés.")
	case d.Text == "" && !d.Withdrawn:
		return belvedere.Errorf(belvedere.Invalid, "La déclaration est vide.")
	case len(d.Text) > mostDeclaration || !utf8.ValidString(d.Text):
		return belvedere.Errorf(belvedere.TooLarge, "Une déclaration est un texte UTF-8 de 1\u202fMo au plus.")
	}
	return checkText("Le libellé", d.Label)
}

func plainName(s string) bool {
	if s == "" || len(s) > 60 {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' {
			return false
		}
	}
	return true
}

// metaDeclarations counts the changes.
const metaDeclarations = "declarations.version"

func (s *store) DeclarationsVersion(ctx context.Context) (version int64, err error) {
	defer belvedere.Wrap(&err, "DeclarationsVersion")
	version, err = declarationsVersion(ctx, s.now())
	return version, s.d.explain(err)
}

func declarationsVersion(ctx context.Context, q querier) (int64, error) {
	text, err := q.meta(ctx, metaDeclarations)
	if err != nil || text == "" {
		return 0, err
	}
	return strconv.ParseInt(text, 10, 64)
}

const declarationColumns = "id, kind, name, revision, dataset, label, content, state, author, at, reason"

// withdrawnState marks the revision that ends a declaration.
const withdrawnState, inUseState = "retiree", "active"

func scanDeclaration(scan scanner) (d Declaration, err error) {
	var state string
	err = scan(&d.ID, &d.Kind, &d.Name, &d.Revision, &d.Dataset, &d.Label, &d.Text, &state, &d.Author, scanTime{&d.At}, &d.Reason)
	d.Withdrawn = state == withdrawnState
	return d, err
}

func (s *store) ListDeclarations(ctx context.Context, withdrawn bool) (list []Declaration, err error) {
	defer belvedere.Wrap(&err, "ListDeclarations")
	err = s.now().each(ctx, "SELECT "+declarationColumns+` FROM declaration d WHERE revision =
		(SELECT max(revision) FROM declaration l WHERE l.kind = d.kind AND l.name = d.name) ORDER BY kind, name`, nil, func(scan scanner) error {
		d, err := scanDeclaration(scan)
		if err == nil && (withdrawn || !d.Withdrawn) {
			list = append(list, d)
		}
		return err
	})
	return list, s.d.explain(err)
}

func (s *store) DeclarationHistory(ctx context.Context, kind DeclarationKind, name string) (list []Declaration, err error) {
	defer belvedere.Wrap(&err, "DeclarationHistory(%s %s)", kind, name)
	err = s.now().each(ctx, "SELECT "+declarationColumns+" FROM declaration WHERE kind = ? AND name = ? ORDER BY revision DESC", []any{string(kind), name}, func(scan scanner) error {
		d, err := scanDeclaration(scan)
		list = append(list, d)
		return err
	})
	if err == nil && len(list) == 0 {
		err = belvedere.Errorf(belvedere.NotFound, "Rien n’est déclaré sous le nom «\u00a0%s\u00a0».", name)
	}
	return list, s.d.explain(err)
}

func (s *store) PutDeclarations(ctx context.Context, version int64, list []Declaration) (err error) {
	defer belvedere.Wrap(&err, "PutDeclarations(%d declarations)", len(list))
	for _, d := range list {
		if err := d.check(); err != nil {
			return err
		}
	}
	return s.writeRights(ctx, func(tx querier) error {
		now, err := declarationsVersion(ctx, tx)
		if err != nil {
			return err
		}
		if now != version {
			return belvedere.Errorf(belvedere.Conflict, "Une autre déclaration a été faite entre-temps\u00a0: recommencez.")
		}
		for _, d := range list {
			if err := putDeclaration(ctx, tx, d); err != nil {
				return err
			}
		}
		return tx.run(ctx, `INSERT INTO meta VALUES (?, '1')
			ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)`, metaDeclarations)
	})
}

func putDeclaration(ctx context.Context, tx querier, d Declaration) error {
	state := inUseState
	if d.Withdrawn {
		state = withdrawnState
	}
	return tx.run(ctx, `INSERT INTO declaration (kind, name, revision, dataset, label, content, state, author, at, reason)
		VALUES (?, ?, (SELECT coalesce(max(revision), 0) + 1 FROM declaration WHERE kind = ? AND name = ?), ?, ?, ?, ?, ?, ?, ?)`,
		string(d.Kind), d.Name, string(d.Kind), d.Name, d.Dataset, d.Label, d.Text, state, d.Author, micros(d.At), d.Reason)
}
