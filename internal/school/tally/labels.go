package tally

import (
	"slices"
	"strings"

	"belvedere/internal/school/dossier"
)

// names finds what files call the members of the open lists of a count. A column of the same name is the
// same nomenclature in all kinds: the offer names the étapes of registrations. The latest import wins.
// Without a name, the sheet has no column for it, and its bytes are those that it had before there were names.
func (p *personCount) names() error {
	p.s.labels = make([]map[string]string, len(p.s.dataset.Dimensions))
	for i, d := range p.s.dataset.Dimensions {
		at := slices.IndexFunc(p.c.Dims, func(o dossier.Pair) bool { return o.Name == d.Name })
		if d.List == nil || !d.List.Open || at < 0 {
			continue
		}
		err := p.r.tx.Each("SELECT code, libelle FROM dossier_code WHERE colonne = ? AND libelle <> '' AND nomme > 0 ORDER BY nomme, genre", []any{p.c.Dims[at].Value}, func(scan func(...any) error) error {
			var code, label string
			if err := scan(&code, &label); err != nil {
				return err
			}
			if p.s.labels[i] == nil {
				p.s.labels[i] = map[string]string{}
			}
			p.s.labels[i][code] = label
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// labelOf is a name as it may leave: without what parts the columns of a file, and nothing that tells who
// someone is, whatever stands in the vault.
func labelOf(text string) string {
	if !dossier.MayLabel(text) {
		return ""
	}
	return strings.NewReplacer(";", ",", `"`, "'").Replace(text)
}
