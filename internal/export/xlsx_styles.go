package export

import (
	"strings"

	"belvedere"

	"github.com/xuri/excelize/v2"
)

// The colours of the interface in its light theme, which files share.
const (
	inkMaximum = "B3261E"
	inkMinimum = "1B6B3A"
	inkPartial = "855600"
	inkFaint   = "5D6B69"
	inkRule    = "B4BEBB"
	ink        = "16201F"
)

// A look is all that makes a cell look as it does; one style of the workbook stands for each.
type look struct {
	heading, text, total, absent, partial, percent bool
	title, wrap                                    bool
	decimals                                       int
	extreme                                        belvedere.Extreme
}

// styles makes each style once.
type styles struct {
	file *excelize.File
	ids  map[look]int
}

func (s *styles) id(l look) (int, error) {
	if id, ok := s.ids[l]; ok {
		return id, nil
	}
	id, err := s.file.NewStyle(l.style())
	if err == nil {
		s.ids[l] = id
	}
	return id, err
}

func (l look) style() *excelize.Style {
	out := &excelize.Style{Font: &excelize.Font{Color: ink, Bold: l.heading || l.total || l.title}, Alignment: &excelize.Alignment{Horizontal: "right", Vertical: "center"}}
	switch {
	case l.heading:
		out.Alignment.WrapText = true
		out.Alignment.Vertical = "bottom"
		out.Border = []excelize.Border{{Type: "bottom", Style: 1, Color: ink}}
	case l.total:
		out.Border = []excelize.Border{{Type: "bottom", Style: 1, Color: ink}}
	}
	switch {
	case l.text, l.title, l.wrap:
		out.Alignment.Horizontal = "left"
		out.Alignment.WrapText = l.wrap
		if l.wrap {
			out.Alignment.Vertical = "top"
		}
		if l.title {
			out.Font.Size = 14
		}
	case l.absent:
		out.Font.Color, out.Font.Italic = inkFaint, true
	case !l.heading:
		format := l.format()
		out.CustomNumFmt = &format
	}
	switch {
	case l.partial:
		out.Font.Color = inkPartial
		out.Border = append(out.Border, excelize.Border{Type: "bottom", Style: 4, Color: inkPartial})
	case l.extreme == belvedere.Maximum:
		out.Font.Color, out.Font.Bold = inkMaximum, true
	case l.extreme == belvedere.Minimum:
		out.Font.Color, out.Font.Bold = inkMinimum, true
	}
	return out
}

// format is the number format: the spreadsheet writes its own thousands and decimal marks, so
// that a French one shows 1 234,5 and 46,4 %. A mark is a literal, so the cell stays a number.
func (l look) format() string {
	f := "#,##0"
	if l.percent {
		f = "0"
	}
	if l.decimals > 0 {
		f += "." + strings.Repeat("0", min(l.decimals, 15))
	}
	if l.percent {
		f += `"` + belvedere.NarrowSpace + `"%`
	}
	mark := ""
	switch {
	case l.partial:
		return f
	case l.extreme == belvedere.Maximum:
		mark = `"▲ "`
	case l.extreme == belvedere.Minimum:
		mark = `"▼ "`
	default:
		return f
	}
	return mark + f + ";" + mark + "-" + f
}
