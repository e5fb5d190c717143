package demo

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"belvedere"
)

// WriteInstitute writes what the engineering school's Apogée would give, person by person: the
// registrations, programmes and results of three years; in the programmes some
// elements do not hold together. Their counts are those that Write delivers.
func WriteInstitute(ctx context.Context, dir string, o Options) (_ SchoolFiles, err error) {
	defer belvedere.Wrap(&err, "demo.WriteInstitute(%s)", dir)
	if o, err = o.complete(); err != nil {
		return SchoolFiles{}, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return SchoolFiles{}, err
	}
	w := newWorld(dir, o)
	in := w.newInstitute()
	years := w.years()
	out := SchoolFiles{UAI: in.uai, Name: instituteName, Year: years[2]}
	one := func(kind, name string, write func(put func(...string))) error {
		path := filepath.Join(dir, name)
		out.Files = append(out.Files, SchoolFile{kind, path})
		return lines(path, write)
	}
	for i, y := range years {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		if err := one("inscriptions", fmt.Sprintf("INS_ADM_ETP_%d.csv", int(y)), func(put func(...string)) { in.registrationLines(y, put) }); err != nil {
			return out, err
		}
		if err := one("offre", fmt.Sprintf("ELEMENT_PEDAGOGI_%d.csv", int(y)), func(put func(...string)) { in.programmeLines(y, put) }); err != nil {
			return out, err
		}
		if i == 2 {
			break // nobody has a result yet
		}
		if err := one("resultats", fmt.Sprintf("RESULTAT_VET_%d.csv", int(y)), func(put func(...string)) { in.resultLines(y, put) }); err != nil {
			return out, err
		}
	}
	return out, nil
}

// lines writes a file as extractions are written: semicolons, no quotes needed.
func lines(path string, write func(put func(...string))) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	b := bufio.NewWriter(f)
	write(func(fields ...string) { fmt.Fprintln(b, strings.Join(fields, ";")) })
	if err := b.Flush(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func french(d time.Time) string {
	if d.IsZero() {
		return ""
	}
	return d.Format("02/01/2006")
}

// registrationLines are one line a student: what Apogée knows of the year on the last day.
func (in *institute) registrationLines(y belvedere.SchoolYear, put func(...string)) {
	put("COD_ANU", "nature", "COD_ETU", "LIB_NOM_PAT_IND", "LIB_PR1_IND", "DATE_NAI_IND", "mel", "COD_SEX_ETU", "COD_ETP", "LIB_ETP", "formation", "parcours", "composante", "niveau",
		"entree", "statut", "regime", "pays mobilite", "bourse", "DAT_CRE_IAE", "DAT_DMI_IAE")
	last := min(in.w.last.Unix(), y.End().AddDate(0, 0, -1).Unix())
	day := time.Unix(last, 0).UTC()
	for _, reg := range in.regs[y] {
		left := reg.left
		if left.After(day) {
			left = time.Time{}
		}
		grant := "N"
		if reg.nip%10 < 3 {
			grant = "O"
		}
		enrolled := y.First().AddDate(0, 0, -reg.nip%40)
		place := reg.status(day)
		country := ""
		if place == "mobilite" {
			country = reg.abroad
		}
		put(fmt.Sprint(int(y)), "administrative", fmt.Sprint(reg.nip), reg.surname, reg.name, french(reg.born), mailbox(reg.name, reg.surname)+"@etu.eni-sarvane.example", reg.sex(),
			reg.etape(), etapeLabel(reg), reg.formation(), reg.parcours(), reg.composante(), instituteLevels[reg.rank], reg.entry, place, reg.regime(), country, grant, french(enrolled), french(left))
	}
}

func etapeLabel(reg *registration) string {
	if reg.rank < 2 {
		return fmt.Sprintf("%s, année %d", commonYears, reg.rank+1)
	}
	return fmt.Sprintf("%s, année %d", reg.composante(), reg.rank-1)
}

// resultLines are those of the étape, one line a session.
func (in *institute) resultLines(y belvedere.SchoolYear, put func(...string)) {
	put("COD_ANU", "COD_SES", "COD_ETU", "LIB_NOM_PAT_IND", "LIB_PR1_IND", "COD_SEX_ETU", "COD_ETP", "formation", "parcours", "composante", "niveau", "objet", "code objet", "COD_TRE", "issue", "credits")
	for _, reg := range in.regs[y] {
		if reg.pause {
			continue
		}
		one := func(session, code string) {
			credits := "0"
			if strings.HasPrefix(code, "ADM") {
				credits = "60"
			}
			put(fmt.Sprint(int(y)), session, fmt.Sprint(reg.nip), reg.surname, reg.name, reg.sex(), reg.etape(), reg.formation(), reg.parcours(), reg.composante(), instituteLevels[reg.rank],
				"etape", reg.etape(), code, issueOf(code), credits)
		}
		if reg.session == 2 {
			one("1", "AJ")
			one("2", reg.code)
		} else {
			one("1", reg.code)
		}
	}
}

// programmeLines are the elements of each étape, 60 credits a year. One étape lacks three, and an
// element that two étapes share is closed in one of them only: what the coherence board must find.
func (in *institute) programmeLines(y belvedere.SchoolYear, put func(...string)) {
	put("COD_ANU", "COD_ETP", "composante", "COD_ELP", "LIB_ELP", "nature", "COD_ELP_PERE", "credits", "partage", "clos")
	var etapes []string
	of := map[string]string{}
	for _, reg := range in.regs[y] {
		if e := reg.etape(); of[e] == "" {
			of[e] = reg.composante()
			etapes = append(etapes, e)
		}
	}
	slices.Sort(etapes)
	names := []string{"Sciences de base", "Sciences de l’ingénieur", "Projet", "Langues et humanités"}
	for _, e := range etapes {
		for i, credits := range []int{20, 20, 10, 7} {
			put(fmt.Sprint(int(y)), e, of[e], fmt.Sprintf("%s-UE%d", e, i+1), names[i], "UE", "", fmt.Sprint(credits), "non", "oui")
		}
		if e == etapes[len(etapes)-1] {
			continue // three credits are missing
		}
		closed := "oui"
		if e == etapes[0] {
			closed = "non"
		}
		put(fmt.Sprint(int(y)), e, of[e], "EPS", "Sport et engagement", "UE", "", "3", "oui", closed)
	}
}
