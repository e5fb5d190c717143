package vault

import (
	"maps"
	"slices"
)

// ErasedTables are those that erasures reach.
func ErasedTables() []string {
	tables := map[string]bool{}
	for _, list := range holdings {
		for _, h := range list {
			tables[h.table] = true
		}
	}
	return slices.Sorted(maps.Keys(tables))
}
