package registry

import (
	"context"
	"strconv"

	"belvedere"
)

// metaRights counts the writes to what rights are computed from.
const metaRights = "droits.version"

func (s *store) RightsVersion(ctx context.Context) (version int64, err error) {
	defer belvedere.Wrap(&err, "RightsVersion")
	text, err := s.now().meta(ctx, metaRights)
	if err != nil || text == "" {
		return 0, s.d.explain(err)
	}
	return strconv.ParseInt(text, 10, 64)
}

// writeRights is write for what rights are computed from: the version is raised in the same transaction.
func (s *store) writeRights(ctx context.Context, f func(tx querier) error) error {
	return s.write(ctx, func(tx querier) error {
		if err := f(tx); err != nil {
			return err
		}
		return raiseRights(ctx, tx)
	})
}

func raiseRights(ctx context.Context, tx querier) error {
	return tx.run(ctx, `INSERT INTO meta VALUES (?, '1')
		ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)`, metaRights)
}
