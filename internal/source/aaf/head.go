package aaf

import (
	"bytes"
	"regexp"
	"time"

	"belvedere"
	"belvedere/internal/source/record"
)

// The comments behind the root of a file; none is demanded.
var (
	versionAF   = regexp.MustCompile(`<!--\s*versionAF="([^"<>]{1,40})"\s*-->`)
	versionSDET = regexp.MustCompile(`<!--\s*versionSDET="([^"<>]{1,60})"\s*-->`)
	generated   = regexp.MustCompile(`<!--\s*dateGenerationExport="([0-9/]{10})"\s*-->`)
)

// headSize is how far the comments are looked for.
const headSize = 4 << 10

// describe reads the version and the date of a file from its comments. The directory is always that of
// the year in course; in July and August, when schools pass from one to the next, it does not say
// which.
func describe(head *record.Head, start []byte) {
	start = start[:min(len(start), headSize)]
	if m := versionAF.FindSubmatch(start); m != nil {
		head.Version = string(m[1])
	}
	if m := versionSDET.FindSubmatch(start); m != nil {
		head.Version = string(bytes.TrimSpace([]byte(head.Version + " " + string(m[1]))))
	}
	m := generated.FindSubmatch(start)
	if m == nil {
		return
	}
	day, err := belvedere.ParseDate(string(m[1]))
	if err != nil {
		return
	}
	head.Exported = day
	if day.Month() != time.July && day.Month() != time.August {
		head.Year = int(belvedere.SchoolYearOf(day))
	}
}
