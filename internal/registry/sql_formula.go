package registry

import (
	"context"
	"time"

	"belvedere"
)

const (
	noFormula    = "Cette formule ou cette population n’existe pas, ou plus."
	staleFormula = "Elle a été modifiée entre-temps\u00a0: rouvrez-la pour voir la dernière version."
)

const formulaColumns = `f.id, f.kind, f.code, f.owner, f.owner_name, f.sharing, f.verified_by, f.verified_at, f.version, f.created, f.updated,
	v.number, v.label, v.definition, v.content, v.unit, v.decimals, v.percent, v.low, v.made_by, v.made_at, v.note`

const formulaTables = " FROM formula f JOIN formula_version v ON v.formula = f.id AND v.number = f.version "

func scanFormula(scan scanner) (f SavedFormula, err error) {
	var sharing string
	v := &f.FormulaVersion
	err = scan(&f.ID, &f.Kind, &f.Code, &f.Owner, &f.OwnerName, &sharing, &f.VerifiedBy, scanTime{&f.Verified}, &f.Version, scanTime{&f.Created}, scanTime{&f.Updated},
		&v.Number, &v.Label, &v.Definition, &v.Text, &v.Unit, &v.Decimals, &v.Percent, &v.BetterIsLow, &v.By, scanTime{&v.At}, &v.Note)
	f.Shared = sharing == string(SharedAll)
	return f, err
}

func (s *store) ListFormulas(ctx context.Context, kind FormulaKind) (list []SavedFormula, err error) {
	defer belvedere.Wrap(&err, "ListFormulas(%s)", kind)
	err = s.now().each(ctx, "SELECT "+formulaColumns+formulaTables+"WHERE f.kind = ? ORDER BY v.label, f.id", []any{string(kind)}, func(scan scanner) error {
		f, err := scanFormula(scan)
		list = append(list, f)
		return err
	})
	return list, s.d.explain(err)
}

func (s *store) Formula(ctx context.Context, kind FormulaKind, code string) (f SavedFormula, err error) {
	defer belvedere.Wrap(&err, "Formula(%s, %s)", kind, code)
	f, err = oneFormula(ctx, s.now(), "f.kind = ? AND f.code = ?", string(kind), code)
	return f, s.d.explain(err)
}

func oneFormula(ctx context.Context, q querier, where string, args ...any) (f SavedFormula, err error) {
	err = q.each(ctx, "SELECT "+formulaColumns+formulaTables+"WHERE "+where, args, func(scan scanner) (err error) {
		f, err = scanFormula(scan)
		return err
	})
	if err == nil && f.ID == 0 {
		err = belvedere.Errorf(belvedere.NotFound, noFormula)
	}
	return f, err
}

func (s *store) CreateFormula(ctx context.Context, f SavedFormula) (_ SavedFormula, err error) {
	defer belvedere.Wrap(&err, "CreateFormula(%s)", f.Code)
	if err := f.check(); err != nil {
		return f, err
	}
	err = s.write(ctx, func(tx querier) error {
		var own, taken int
		if err := tx.row(ctx, "SELECT count(*) FROM formula WHERE owner = ?", []any{f.Owner}, &own); err != nil {
			return err
		}
		if own >= MostSavedFormulas && f.Owner != 0 {
			return belvedere.Errorf(belvedere.Conflict, "Un compte a au plus %d formules et populations\u00a0: retirez d’abord celles qui ne servent plus.", MostSavedFormulas)
		}
		if err := tx.row(ctx, "SELECT count(*) FROM formula WHERE kind = ? AND code = ?", []any{string(f.Kind), f.Code}, &taken); err != nil {
			return err
		}
		if taken > 0 {
			return belvedere.Errorf(belvedere.Conflict, "Le code %q est déjà pris\u00a0: choisissez-en un autre.", f.Code)
		}
		err := tx.row(ctx, `INSERT INTO formula (kind, code, owner, owner_name, sharing, verified_by, verified_at, version, created, updated)
			VALUES (?, ?, ?, ?, ?, '', 0, 1, ?, ?) RETURNING id`, []any{string(f.Kind), f.Code, f.Owner, f.OwnerName, formulaSharing(f.Shared),
			micros(f.Created), micros(f.Created)}, &f.ID)
		if err != nil {
			return err
		}
		v := f.FormulaVersion
		v.Number, v.By, v.At = 1, f.OwnerName, f.Created
		if err := addFormulaVersion(ctx, tx, f.ID, v); err != nil {
			return err
		}
		f, err = oneFormula(ctx, tx, "f.id = ?", f.ID)
		return err
	})
	return f, err
}

func formulaSharing(shared bool) string {
	if shared {
		return string(SharedAll)
	}
	return string(SharedNobody)
}

func addFormulaVersion(ctx context.Context, tx querier, id int64, v FormulaVersion) error {
	return tx.run(ctx, "INSERT INTO formula_version VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", id, v.Number, v.Label, v.Definition, v.Text, v.Unit,
		v.Decimals, v.Percent, v.BetterIsLow, v.By, micros(v.At), v.Note)
}

func (s *store) SaveFormula(ctx context.Context, f SavedFormula, v FormulaVersion) (_ SavedFormula, err error) {
	defer belvedere.Wrap(&err, "SaveFormula(%s)", f.Code)
	if err := v.check(); err != nil {
		return f, err
	}
	err = s.write(ctx, func(tx querier) error {
		held, err := oneFormula(ctx, tx, "f.id = ?", f.ID)
		if err != nil {
			return err
		}
		if held.Version != f.Version {
			return belvedere.Errorf(belvedere.Conflict, staleFormula)
		}
		v.Number = held.Version + 1
		if err := addFormulaVersion(ctx, tx, f.ID, v); err != nil {
			return err
		}
		if err := tx.run(ctx, "UPDATE formula SET version = ?, updated = ?, verified_by = '', verified_at = 0 WHERE id = ?", v.Number, micros(v.At), f.ID); err != nil {
			return err
		}
		f, err = oneFormula(ctx, tx, "f.id = ?", f.ID)
		return err
	})
	return f, err
}

func (s *store) ShareFormula(ctx context.Context, id int64, shared bool) (err error) {
	defer belvedere.Wrap(&err, "ShareFormula(%d)", id)
	return s.exec(ctx, noFormula, "UPDATE formula SET sharing = ? WHERE id = ?", formulaSharing(shared), id)
}

func (s *store) VerifyFormula(ctx context.Context, id int64, version int, by string, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "VerifyFormula(%d)", id)
	return s.write(ctx, func(tx querier) error {
		held, err := oneFormula(ctx, tx, "f.id = ?", id)
		if err != nil {
			return err
		}
		if held.Version != version {
			return belvedere.Errorf(belvedere.Conflict, staleFormula)
		}
		return tx.run(ctx, "UPDATE formula SET verified_by = ?, verified_at = ? WHERE id = ?", by, micros(at), id)
	})
}

func (s *store) DeleteFormula(ctx context.Context, id int64) (err error) {
	defer belvedere.Wrap(&err, "DeleteFormula(%d)", id)
	return s.exec(ctx, noFormula, "DELETE FROM formula WHERE id = ?", id)
}

func (s *store) FormulaVersions(ctx context.Context, id int64) (list []FormulaVersion, err error) {
	defer belvedere.Wrap(&err, "FormulaVersions(%d)", id)
	err = s.now().each(ctx, `SELECT number, label, definition, content, unit, decimals, percent, low, made_by, made_at, note FROM formula_version
		WHERE formula = ? ORDER BY number DESC`, []any{id}, func(scan scanner) error {
		var v FormulaVersion
		err := scan(&v.Number, &v.Label, &v.Definition, &v.Text, &v.Unit, &v.Decimals, &v.Percent, &v.BetterIsLow, &v.By, scanTime{&v.At}, &v.Note)
		list = append(list, v)
		return err
	})
	return list, s.d.explain(err)
}
