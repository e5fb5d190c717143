package ingest

import (
	"context"
	"fmt"
	"slices"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/semantic"
	"belvedere/internal/territory/warehouse"
)

// A prepared delivery has been read into stage tables, one for each dataset that it feeds, and
// waits for its publication.
type prepared struct {
	delivery belvedere.Delivery
	rank     int
	origin   string // form, or source for the published format: whose register rows it replaces
	stages   []*stage
	faults   faults
	files    []string           // names of those of an archive
	members  []belvedere.Member // that it brings to open lists
	renamed  []belvedere.Member // labels that it gives members of before
	lines    int64              // lines of data, without blank and skipped ones
	faulty   int64              // of them, left out
	personal string             // a header that announces people, of a file that no format knows
}

// place is the last column of a stage table: where in the file a row comes from, and its number
// among the rows of that line, so that no two rows of a stage have the same.
const place = "place_du_fichier"

// Bits of a place: member of the archive, line, row of the line.
const (
	rowBits    = 12
	lineBits   = 40
	mostOfLine = 1<<rowBits - 1
)

func packPlace(member int, line int64, row int) int64 {
	return int64(member)<<(lineBits+rowBits) | line<<rowBits | int64(min(row, mostOfLine))
}

func unpackPlace(p int64) (member int, line int64) {
	return int(p >> (lineBits + rowBits)), p >> rowBits & (1<<lineBits - 1)
}

// A stage is the table of the rows of one delivery for one dataset.
type stage struct {
	inPassing bool // register rows of a file whose subject is something else
	dataset   *belvedere.Dataset
	table     string
	writer    warehouse.Stage
	row       []any // reused for each row
	rows      int64
	order     *order // of the rows so far
	slices    []*slice

	member int   // of the last row
	line   int64 // of the last row
	nth    int   // rows of that line before the next
}

func stageColumns(d *belvedere.Dataset) []belvedere.TableColumn {
	return append(semantic.StageColumns(d), belvedere.TableColumn{Name: place, Type: belvedere.Int64})
}

// rankOf is the rank of the rows of a dataset. A data file that names schools in passing, beside
// its figures, gives them a name and a type and does not enter them in the register: rank 0.
func (p *prepared) rankOf(st *stage) int {
	if st.inPassing {
		return 0
	}
	return p.rank
}

// stageOf finds or makes the stage of a dataset.
func (p *prepared) stageOf(ctx context.Context, e warehouse.Engine, d *belvedere.Dataset) (*stage, error) {
	for _, st := range p.stages {
		if st.dataset == d {
			return st, nil
		}
	}
	cols := stageColumns(d)
	st := &stage{dataset: d, table: fmt.Sprintf("livraison_%d_%s", p.delivery.Seq, d.Name), row: make([]any, len(cols)), order: newOrder(d)}
	var err error
	if st.writer, err = e.Stage(ctx, st.table, cols); err != nil {
		return nil, err
	}
	p.stages = append(p.stages, st)
	return st, nil
}

// append adds a row; values belong to the mapper.
func (st *stage) append(values []any, member int, line int64) error {
	if line != st.line || member != st.member {
		st.member, st.line, st.nth = member, line, 0
	}
	n := copy(st.row, values)
	st.row[n] = packPlace(member, line, st.nth)
	st.nth++
	st.rows++
	st.order.see(st.row)
	return st.writer.Append(st.row)
}

// closeStages flushes all writers; the tables can then be read.
func (p *prepared) closeStages() (err error) {
	for _, st := range p.stages {
		if st.writer != nil {
			if cerr := st.writer.Close(); err == nil {
				err = cerr
			}
			st.writer = nil
		}
	}
	return err
}

// member is the name of a file of the archive, "" when the delivery is no archive.
func (p *prepared) member(i int) string {
	if i < len(p.files) {
		return p.files[i]
	}
	return ""
}

// faults counts all that were found and keeps the first ones.
type faults struct {
	errors, warnings int64
	first            []belvedere.Fault
}

func (f *faults) add(fault belvedere.Fault) {
	if fault.Severity == belvedere.SeverityWarning {
		f.warnings++
	} else {
		f.errors++
	}
	if len(f.first) < registry.MostFaults {
		f.first = append(f.first, fault)
	}
}

// warn adds a warning about the file as a whole, which stands before the faults of its lines.
func (f *faults) warn(rule, message, mend string) {
	f.warnings++
	f.first = slices.Insert(f.first, 0, belvedere.Fault{Rule: rule, Severity: belvedere.SeverityWarning, Message: message, Mend: mend})
	f.first = f.first[:min(len(f.first), registry.MostFaults)]
}

// count brings the counts of the faults into the delivery.
func (p *prepared) count() {
	p.delivery.Faults, p.delivery.Warnings = p.faults.errors, p.faults.warnings
}
