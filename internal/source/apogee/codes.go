package apogee

import (
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/source/record"
)

// codeLists are those of a maquette: lines "n CODE CODE…", then as many lines "CODE : libellé…".
type codeLists struct {
	lists    [][]record.Record
	labelled int // lists whose labels have come
}

// codeLine takes a line of the section of result codes.
func (m *maquette) codeLine() error {
	if n, err := strconv.Atoi(m.cell(0)); err == nil {
		return m.codeList(n)
	}
	return m.labels()
}

func (m *maquette) codeList(n int) error {
	if len(m.codes.lists) == mostLists {
		return m.tooMany()
	}
	number := strconv.Itoa(len(m.codes.lists) + 1)
	var list []record.Record
	seen := map[string]bool{}
	for _, code := range m.fields[1:] {
		if code != "" && !seen[code] {
			seen[code] = true
			list = append(list, record.Record{Kind: Code, Line: m.number, Values: []record.Value{said(number), said(code), {}}})
		}
	}
	m.codes.lists = append(m.codes.lists, list)
	if len(list) != n {
		return m.fault(belvedere.SeverityWarning, "liste", number, ruleCodes,
			"La liste de codes n° "+number+" en annonce "+strconv.Itoa(n)+" et en donne "+strconv.Itoa(len(list))+".", mendFile)
	}
	return nil
}

// labels gives the codes of the next list their labels.
func (m *maquette) labels() error {
	c := &m.codes
	if c.labelled >= len(c.lists) {
		return m.fault(belvedere.SeverityWarning, "liste", "", ruleCodes, "Ces libellés de codes ne sont d’aucune liste"+belvedere.NoBreak+": ils ne sont pas lus.", mendFile)
	}
	list := c.lists[c.labelled]
	c.labelled++
	at := map[string]int{}
	for i, r := range list {
		at[r.Values[1].Text] = i
	}
	for _, f := range m.fields {
		if f == "" {
			continue
		}
		code, label, _ := strings.Cut(f, ":")
		code = strings.TrimSpace(code)
		i, ok := at[code]
		if ok {
			list[i].Values[2] = said(strings.TrimSpace(label))
			continue
		}
		if err := m.fault(belvedere.SeverityWarning, "code", code, ruleLabel, "Le code "+code+" a un libellé et n’est pas dans la liste n° "+strconv.Itoa(c.labelled)+".", mendFile); err != nil {
			return err
		}
	}
	return nil
}

// giveCodes gives the codes of the section, once.
func (m *maquette) giveCodes() error {
	for _, list := range m.codes.lists {
		for _, r := range list {
			if err := m.v.Record(r); err != nil {
				return err
			}
		}
	}
	m.codes = codeLists{}
	return nil
}
