package export

// band writes one band of columns with all the lines of the table.
func (p *printer) band(b band) {
	p.bandHeadings(b)
	for row := range b.rows {
		height := b.rowHeight(row)
		if p.y+height > lowest {
			p.newPage()
			p.bandHeadings(b)
		}
		p.bandRow(b, row, height)
	}
}

func (b *band) rowHeight(row int) float64 {
	lines := 1
	for _, c := range b.columns {
		lines = max(lines, len(c.cells[row].lines))
	}
	return float64(lines)*b.height + 0.9
}

func (b *band) width() float64 {
	w := 0.0
	for _, c := range b.columns {
		w += c.width
	}
	return w
}

// bandHeadings writes the groups with their rule, then the headings over the rule of the table.
func (p *printer) bandHeadings(b band) {
	p.font(black, "B", b.size)
	lines := 1
	for _, c := range b.columns {
		lines = max(lines, len(c.lines))
	}
	over, height := p.groups(b, false), float64(lines)*b.height+1
	if p.y+over+height+2*b.height > lowest { // a heading without a line under it
		p.newPage()
		p.font(black, "B", b.size)
	}
	if over > 0 {
		p.groups(b, true)
		p.y += over + 1
	}
	bottom, x := p.y+height, margin
	for _, c := range b.columns {
		for i, s := range c.lines {
			y := bottom - 1.4 - float64(len(c.lines)-1-i)*b.height
			if c.part == partCell {
				p.at(x+c.width-p.doc.GetStringWidth(s), y, s)
			} else {
				p.at(x, y, s)
			}
		}
		x += c.width
	}
	p.rule(margin, bottom, b.width(), lineUnderAll, black)
	p.y = bottom + 0.3
}

// groups writes the upper headings and returns their height; without write it only measures.
func (p *printer) groups(b band, write bool) float64 {
	tallest := 0
	type run struct {
		x, width float64
		lines    []string
	}
	var runs []run
	x := margin
	for i := 0; i < len(b.columns); {
		name, width, n := b.columns[i].Group, b.columns[i].width, 1
		for name != "" && i+n < len(b.columns) && b.columns[i+n].Group == name {
			width += b.columns[i+n].width
			n++
		}
		if name != "" {
			r := run{x: x + gutter/2, width: width - gutter/2, lines: few(wrap(p.doc, plane(name), width-gutter/2))}
			runs = append(runs, r)
			tallest = max(tallest, len(r.lines))
		}
		x += width
		i += n
	}
	if write {
		bottom := p.y + float64(tallest)*b.height
		for _, r := range runs {
			for i, s := range r.lines {
				p.at(r.x+r.width-p.doc.GetStringWidth(s), bottom-0.6-float64(len(r.lines)-1-i)*b.height, s)
			}
			p.rule(r.x, bottom+0.4, r.width, hairline, firmColour)
		}
	}
	return float64(tallest) * b.height
}

// bandRow writes one line of the table and the rule under it.
func (p *printer) bandRow(b band, row int, height float64) {
	base := p.y + b.height*0.92
	unit := b.size * point / 1000
	x := margin
	for _, c := range b.columns {
		cell := &c.cells[row]
		style := ""
		if cell.bold {
			style = "B"
		}
		p.font(cell.colour, style, b.size)
		switch {
		case c.part == partCell:
			width := float64(cell.units) * unit
			p.doc.Text(x+c.width-width, base, cell.text)
			if cell.partial {
				p.dots(x+c.width-width, base+0.7, width)
			}
		case cell.lines == nil:
			p.at(x, base, cell.text)
		default:
			for i, s := range cell.lines {
				p.at(x, base+float64(i)*b.height, s)
			}
		}
		x += c.width
	}
	p.y += height
	if row == 0 && b.total {
		p.rule(margin, p.y, b.width(), lineUnderAll, black)
	} else {
		p.rule(margin, p.y, b.width(), hairline, ruleColour)
	}
}

// dots underlines a partial value.
func (p *printer) dots(x, y, width float64) {
	p.doc.SetDashPattern([]float64{0.35, 0.45}, 0)
	p.rule(x, y, width, 0.25, partialInk)
	p.doc.SetDashPattern(nil, 0)
}
