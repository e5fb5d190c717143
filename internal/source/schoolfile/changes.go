package schoolfile

import (
	"slices"
	"strings"

	"belvedere/internal/source/aaf"
	"belvedere/internal/source/record"
)

// changes are the formats of the directory for files of changes.
var changes = aaf.Changes()

// asChanges is the format of a file of the directory that its name calls one of changes. One that
// only adds looks like a whole file, and would make all others disappear: this is the one thing
// that a name tells, and only towards caution.
func asChanges(f *record.Format, name string) *record.Format {
	if f == nil || !strings.Contains(strings.ToLower(name), "_delta_") {
		return f
	}
	if i := slices.IndexFunc(changes, func(c record.Format) bool { return c.Code == f.Code }); i >= 0 {
		return &changes[i]
	}
	return f
}
