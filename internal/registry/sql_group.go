package registry

import (
	"context"
	"slices"

	"belvedere"
)

func (s *store) ListGroups(ctx context.Context) (groups []Group, err error) {
	defer belvedere.Wrap(&err, "ListGroups")
	err = s.now().each(ctx, "SELECT id, version, name, rule, vals, schools FROM school_group ORDER BY name_key", nil, func(scan scanner) error {
		var g Group
		err := scan(&g.ID, &g.Version, &g.Name, &g.Rule, scanList{&g.Values}, scanList{&g.Schools})
		groups = append(groups, g)
		return err
	})
	return groups, s.d.explain(err)
}

func (s *store) PutGroup(ctx context.Context, g Group) (_ Group, err error) {
	defer belvedere.Wrap(&err, "PutGroup(%s)", g.Name)
	if err := g.check(); err != nil {
		return g, err
	}
	g.Values, g.Schools = sorted(g.Values), sorted(g.Schools)
	err = s.writeRights(ctx, func(tx querier) error {
		var taken int
		if err := tx.row(ctx, "SELECT count(*) FROM school_group WHERE name_key = ? AND id <> ?", []any{key(g.Name), g.ID}, &taken); err != nil {
			return err
		}
		if taken > 0 {
			return belvedere.Errorf(belvedere.Conflict, "Un autre groupe s’appelle déjà «\u00a0%s\u00a0»\u00a0: choisissez un autre nom.", g.Name)
		}
		if g.ID == 0 {
			g.Version = 1
			return tx.row(ctx, `INSERT INTO school_group (version, name, name_key, rule, vals, schools)
				VALUES (1, ?, ?, ?, ?, ?) RETURNING id`, []any{g.Name, key(g.Name), g.Rule, set(g.Values), set(g.Schools)}, &g.ID)
		}
		n, err := tx.touch(ctx, `UPDATE school_group SET version = version + 1, name = ?, name_key = ?, rule = ?, vals = ?, schools = ?
			WHERE id = ? AND version = ?`, g.Name, key(g.Name), g.Rule, set(g.Values), set(g.Schools), g.ID, g.Version)
		if err == nil && n == 0 {
			err = stale(ctx, tx, "school_group", g.ID, noGroup(), "ce groupe")
		}
		g.Version++
		return err
	})
	return g, err
}

func (s *store) DeleteGroup(ctx context.Context, id, version int64) (err error) {
	defer belvedere.Wrap(&err, "DeleteGroup(%d)", id)
	return s.writeRights(ctx, func(tx querier) error {
		// The schema takes it out of the accounts.
		n, err := tx.touch(ctx, "DELETE FROM school_group WHERE id = ? AND (version = ? OR CAST(? AS BIGINT) = 0)", id, version, version)
		if err == nil && n == 0 {
			err = stale(ctx, tx, "school_group", id, noGroup(), "ce groupe")
		}
		return err
	})
}

func noGroup() error {
	return belvedere.Errorf(belvedere.NotFound, "Ce groupe d’établissements n’existe pas, ou plus.")
}

var groupRules = []string{"type", "secteur", "commune", "departement", "academie", "code_postal", "liste"}

// check says in French what is wrong with a group.
func (g *Group) check() error {
	if err := checkText("Le nom du groupe", g.Name); err != nil {
		return err
	}
	for _, v := range g.Values {
		if err := checkText("Une valeur du groupe", v); err != nil {
			return err
		}
	}
	switch {
	case key(g.Name) == "":
		return belvedere.Errorf(belvedere.Invalid, "Un groupe d’établissements doit avoir un nom.")
	case !slices.Contains(groupRules, g.Rule):
		return belvedere.Errorf(belvedere.Invalid, "La règle «\u00a0%s\u00a0» d’un groupe n’existe pas.", g.Rule)
	case g.Rule != "liste" && len(g.Values) == 0:
		return belvedere.Errorf(belvedere.Invalid, "Le groupe «\u00a0%s\u00a0» doit dire au moins une valeur.", g.Name)
	}
	return checkSchools(g.Schools)
}
