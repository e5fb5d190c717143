package export

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"strings"

	"belvedere"
)

// sdmxStates are the states of cells in the lists of codes of SDMX: CL_OBS_STATUS (Q: missing, suppressed; O:
// missing value; L: not collected; M: cannot exist; P: provisional) and CL_CONF_STATUS (F: free, N: not for
// publication, C: confidential statistical information).
var sdmxStates = map[belvedere.State][2]string{
	belvedere.Value: {"A", "F"}, belvedere.Partial: {"P", "F"}, belvedere.Expected: {"O", "F"}, belvedere.NotShared: {"Q", "N"},
	belvedere.Secret: {"Q", "C"}, belvedere.NotAvailable: {"L", "F"}, belvedere.NotApplicable: {"M", "F"},
}

// SDMX writes SDMX-CSV 2.0: one observation a row, with its dimensions by their codes, its status and its unit;
// the receipt is an attribute of each.
func SDMX(out io.Writer, t Table) (err error) {
	defer belvedere.Wrap(&err, "export.SDMX(%s)", t.Heading.FileStem)
	r := t.Result
	w := &csvWriter{Writer: bufio.NewWriterSize(out, 32<<10), dialect: dialect{separator: ',', decimal: '.', end: "\n"}}
	timeDim := slices.IndexFunc(r.Dims, func(d belvedere.ResultDim) bool { return sdmxTimes[d.Name] })
	head := []string{"STRUCTURE", "STRUCTURE_ID", "ACTION"}
	for i, d := range r.Dims {
		if i != timeDim {
			head = append(head, sdmxID(d.Name))
		}
	}
	for _, h := range append(head, "INDICATEUR", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE", "RECU", "EDITION") {
		w.text(h)
	}
	w.endLine()
	edition := strconv.Itoa(r.Edition.Number)
	err = eachLine(r, func(line *belvedere.ResultRow) error {
		for i, c := range r.Columns {
			for _, text := range []string{"dataflow", "BELVEDERE:INDICATEURS(1.0.0)", "I"} {
				w.text(text)
			}
			when := sdmxPeriod(r.Query.Period)
			for k, d := range r.Dims {
				code := "_T" // the total, as SDMX writes it
				if k < len(line.Keys) && line != r.Total {
					code = line.Keys[k].Code
				}
				if k != timeDim {
					w.text(code)
				} else if code != "_T" {
					when = sdmxTime(d.Name, code)
				}
			}
			w.text(c.Key)
			w.text(when)
			cell := cellAt(line, i)
			v, ok := number(cell)
			if ok {
				w.number(scaled(v, c.Percent))
			} else {
				w.text("")
				if cell.State.Shown() {
					cell.State = belvedere.NotAvailable
				}
			}
			unit := c.Unit
			if c.Percent {
				unit = "%"
			}
			for _, text := range []string{sdmxStates[cell.State][0], sdmxStates[cell.State][1], unit, r.Receipt.Code, edition} {
				w.text(text)
			}
			w.endLine()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.Flush()
}

// sdmxID is a dimension as SDMX names components: letters, digits and underscores.
func sdmxID(dim string) string { return strings.ToUpper(strings.ReplaceAll(dim, ".", "_")) }

var sdmxTimes = map[string]bool{"annee": true, "mois": true, "jour": true}

// sdmxTime is a line of time: a school year is a year from 1 September.
func sdmxTime(dim, code string) string {
	if dim == "annee" {
		return code + "-09-01/P1Y"
	}
	return code
}

// sdmxPeriod is a period as a range: its first day and how many days it lasts.
func sdmxPeriod(p belvedere.Period) string {
	if p.WholeYear() {
		return isoDate(p.From) + "/P1Y"
	}
	return isoDate(p.From) + "/P" + strconv.Itoa(int(p.To.Sub(p.From).Hours()/24)) + "D"
}
