package form

import (
	"fmt"
	"strconv"

	"belvedere"
)

// townColumn reads the code of a commune into the place of the school: ingest gives each school of the
// commune its share.
func townColumn(slot int) *column {
	c := &column{name: "commune", label: "commune", required: true}
	c.finish([]int{slot}, nil)
	c.read = remembered(c, slot, func(t []byte) (any, *problem) {
		n, ok := TownNumber(string(t))
		if !ok {
			return nil, &problem{rule: "commune", message: fmt.Sprintf("le code de commune %s n’a pas la forme d’un code de l’INSEE", quote(t)),
				mend: "Écrivez le code officiel de la commune, par exemple 35238 ou 2A004\u202f; le code postal est autre chose."}
		}
		return n, nil
	})
	return c
}

// TownNumber is the code of a commune as a number: those of Corsica, 2A004 and 2B002, come apart.
func TownNumber(code string) (int32, bool) {
	if len(code) != 5 {
		return 0, false
	}
	lead, digits := int32(0), code
	if code[0] == '2' && (code[1] == 'A' || code[1] == 'B' || code[1] == 'a' || code[1] == 'b') {
		lead, digits = 100_000*int32(1+(code[1]|0x20)-'a'), "20"+code[2:]
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	return lead + int32(n), err == nil && n >= 1000
}

// overrideSchools reads names that stand for schools, besides their UAI.
func overrideSchools(c *column, slot int, given map[string]string) error {
	known := map[string]int32{}
	for in, code := range given {
		u, err := belvedere.ParseUAI(code)
		if err != nil {
			return fmt.Errorf("codes, etablissement\u00a0: %w", err)
		}
		known[plain(in)] = u.Number()
	}
	c.read = remembered(c, slot, func(t []byte) (any, *problem) {
		if n, ok := known[plain(string(t))]; ok {
			return n, nil
		}
		u, p := parseUAI(t)
		if p != nil {
			return nil, &problem{rule: "etablissement_inconnu", message: fmt.Sprintf("la table de correspondance ne connaît pas %s", quote(t)),
				mend: "Ajoutez ce nom à la table de correspondance du format, avec l’UAI de l’établissement."}
		}
		return u.Number(), nil
	})
	return nil
}
