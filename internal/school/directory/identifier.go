package directory

import (
	"cmp"
	"strconv"
	"strings"

	"belvedere/internal/school/vault"
)

// longestPart bounds each half of an identifier.
const longestPart = 24

// propose gives someone an identifier that nobody has or had: "prenom.nom", then "prenom.nom2",
// "prenom.nom3"… taken holds those given, and receives the new one.
func propose(p *person, taken map[string]bool) string {
	base := strings.Trim(part(p.first)+"."+part(cmp.Or(p.usage, p.last)), ".")
	if base == "" {
		base = "compte"
	}
	name := base
	for n := 2; taken[name]; n++ {
		name = base + strconv.Itoa(n)
	}
	taken[name] = true
	return name
}

// part is a name as people type it anywhere: small letters without accents, words joined by
// hyphens, anything else left out.
func part(name string) string {
	var b strings.Builder
	for _, r := range vault.Fold(name) {
		switch {
		case r >= 'A' && r <= 'Z':
			b.WriteRune(r + 'a' - 'A')
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == ' ' && b.Len() > 0:
			b.WriteByte('-')
		}
		if b.Len() == longestPart {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}
