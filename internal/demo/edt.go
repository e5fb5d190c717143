package demo

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// edtColumns are those of EXP_COURS, and the tags of its XML twin.
var edtColumns = []string{"NUMERO", "DUREE", "FREQUENCE", "MAT_CODE", "MAT_LIBELLE", "PROF_NOM", "PROF_PRENOM", "CLASSE", "SALLE", "ALTERNANCE",
	"MODALITE", "CO-ENS.", "POND.", "JOUR", "H.DEBUT", "EFFECTIF"}

// edtRow is one lesson as the timetable tool exports it.
func edtRow(number int, l *lesson) []string {
	row := []string{strconv.Itoa(number), fmt.Sprintf("%dh00", l.length), l.frequency, l.subject.short, l.subject.label, l.teacher.last, l.teacher.first,
		l.of.code, l.room, l.frequency, "CG", "N", "1", "", "", strconv.Itoa(l.of.size())}
	if l.code != "" {
		row[3] = l.code
	}
	if l.teacher.inEDT != "" {
		row[6] = l.teacher.inEDT
	}
	if l.of.inEDT != "" {
		row[7] = l.of.inEDT
	}
	if l.of.group {
		row[7] = "[" + l.of.code + "]"
	}
	if l.slot >= 0 {
		day, start := when(l.slot)
		row[13], row[14] = dayNames[day-1], fmt.Sprintf("%02dh%02d", start/60, start%60)
	}
	if l.hollow {
		row[3], row[4], row[7], row[8], row[15] = "", "", "", "", "0"
	}
	return row
}

// edtXML writes EXP_COURS as XML.
func (c *campus) edtXML(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := f.WriteString("\uFEFF"); err != nil {
		f.Close()
		return err
	}
	x := newXML(f, false, f)
	x.begin("TABLE", "nom", "Cours")
	for i, l := range c.lessons {
		x.begin("Cours", "numero", strconv.Itoa(i+1))
		for at, value := range edtRow(i+1, l) {
			x.leaf(edtColumns[at], value)
		}
		x.end()
	}
	return x.close()
}

// edtTable writes the same lessons as a table in UTF-16.
func (c *campus) edtTable(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(f, 1<<16)
	out.Write([]byte{0xFF, 0xFE}) // the first error stays in out
	out.Write(utf16LE(strings.Join(edtColumns, ";") + "\r\n"))
	for i, l := range c.lessons {
		out.Write(utf16LE(strings.Join(edtRow(i+1, l), ";") + "\r\n"))
	}
	err = out.Flush()
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
