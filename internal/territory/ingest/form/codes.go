package form

import (
	"fmt"
	"strings"

	"belvedere"
)

// codes finds the member of a list that a file means: by its code, its label, its short label
// or an alias, exactly first, then without case, accents and separators.
type codes struct {
	name  string
	list  *belvedere.CodeList
	exact map[string]any
	plain map[string]any // nil values are spellings that two members share
	other any            // code of every value that is not known, nil when none is
	learn *learner       // of open lists
}

func newCodes(name string, l *belvedere.CodeList, learn *learner) *codes {
	c := &codes{name: name, list: l, learn: learn, exact: map[string]any{}, plain: map[string]any{}}
	// A code wins over a label, a label over an alias: three rounds, the first to come stays.
	for round := range 3 {
		claimed := map[string]any{}
		for i := range l.Codes {
			code := &l.Codes[i]
			var boxed any = code.Code
			for _, s := range spellings(code, round) {
				if _, taken := c.exact[s]; !taken {
					c.exact[s] = boxed
				}
				claim(claimed, plain(s), boxed)
			}
		}
		for s, v := range claimed {
			if _, taken := c.plain[s]; !taken {
				c.plain[s] = v
			}
		}
	}
	return c
}

func claim(m map[string]any, spelling string, code any) {
	if spelling == "" {
		return
	}
	if held, taken := m[spelling]; taken && held != code {
		code = nil
	}
	m[spelling] = code
}

func spellings(c *belvedere.Code, round int) []string {
	switch round {
	case 0:
		return []string{c.Code}
	case 1:
		return []string{c.Label}
	}
	return append([]string{c.Short}, c.Aliases...)
}

// override adds the spellings that a form declares; "*" stands for every other value.
func (c *codes) override(values map[string]string) {
	for in, code := range values {
		if in == "*" {
			c.other = code
			continue
		}
		c.exact[in] = code
		c.plain[plain(in)] = code
	}
}

func (c *codes) find(t []byte) (any, *problem) {
	if v := c.exact[string(t)]; v != nil {
		return v, nil
	}
	if v := c.plain[plain(printable(string(t), 200))]; v != nil {
		return v, nil
	}
	if c.list.Open && c.other == nil {
		return c.learn.open(c.list, t)
	}
	p := c.unknown(t)
	if c.other != nil {
		p.warning = true
		p.mend = fmt.Sprintf("La valeur est rangée sous «\u00a0%s\u00a0»\u202f; complétez la liste «\u00a0%s\u00a0» si elle mérite mieux.", c.other, c.list.Name)
	}
	return c.other, p
}

func (c *codes) unknown(t []byte) *problem {
	accepted := make([]string, 0, len(c.list.Codes))
	for _, code := range c.list.Codes {
		accepted = append(accepted, code.Code)
	}
	shown := accepted
	if len(shown) > 12 {
		shown = append(append([]string{}, shown[:12]...), "…")
	}
	p := &problem{
		rule:    "code_inconnu",
		message: fmt.Sprintf("%s n’est pas une valeur de «\u00a0%s\u00a0»", quote(t), c.name),
		mend:    "Valeurs admises\u00a0: " + strings.Join(shown, ", ") + ".",
	}
	if near := closest(string(t), accepted); near != "" {
		p.mend = fmt.Sprintf("Vouliez-vous écrire «\u00a0%s\u00a0»\u202f? ", near) + p.mend
	}
	return p
}
