package app

import (
	"context"
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// grantsOf are the grants of an account in force at this moment. They are read with the rights and
// kept as long; what ends or begins meanwhile is judged by the clock, at each request.
func (a *App) grantsOf(ctx context.Context, account int64) ([]belvedere.Grant, error) {
	if account == 0 {
		return nil, nil
	}
	kept, err := a.rightsNow(ctx)
	if err != nil {
		return nil, err
	}
	return kept.holding(account, a.clock()()), nil
}

// holding are the grants of an account in force at a moment.
func (k *rightsKept) holding(account int64, now time.Time) (out []belvedere.Grant) {
	for _, g := range k.grants[account] {
		if g.Holds(now) {
			out = append(out, g)
		}
	}
	return out
}

// liveGrants are all that are not over, by account, oldest first.
func (a *App) liveGrants(ctx context.Context) (map[int64][]belvedere.Grant, error) {
	list, _, err := a.Registry.ListGrants(ctx, registry.GrantFilter{Live: a.clock()()}, registry.Page{})
	if err != nil {
		return nil, err
	}
	out := map[int64][]belvedere.Grant{}
	for i := len(list) - 1; i >= 0; i-- {
		out[list[i].Account] = append(out[list[i].Account], list[i].Grant)
	}
	return out, nil
}

// grantKey names a list of grants.
func grantKey(list []belvedere.Grant) string {
	var key []byte
	for _, g := range list {
		key = append(strconv.AppendInt(key, g.ID, 10), ' ')
	}
	return string(key)
}
