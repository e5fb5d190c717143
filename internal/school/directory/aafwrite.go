package directory

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A FeedForm says which directory to write. Since is a day: what changed after it is written
// alone, as requests of modification and deletion; zero asks for the whole.
type FeedForm struct {
	Year  belvedere.SchoolYear
	Since time.Time
}

// Fed counts what a directory says.
type Fed struct{ Added, Changed, Deleted int }

// gone is what a directory named and this one does not.
type gone struct{ category, id string }

// ExportAAF writes the directory of a year as the archive of files that an academy would send to
// an ENT (ficAlimMENESR, UTF-8), whole, or what changed since the directory that was last written
// on a day or before. What is written is remembered, by fingerprints, for the next changes.
func (s *Service) ExportAAF(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, f FeedForm, w io.Writer) (fed Fed, err error) {
	defer belvedere.Wrap(&err, "ExportAAF(%s, %s)", uai, f.Year)
	var sheets []sheet
	var fresh map[string]bool
	var left []gone
	err = s.write(ctx, who, uai, func(tx *vault.Tx) error {
		made, err := makeFeed(tx, f.Year)
		if err != nil {
			return err
		}
		sheets = made.sheets
		if len(made.pupils)+len(made.staff) == 0 {
			return belvedere.Errorf(belvedere.Invalid, "Le coffre de %s n’a personne en %s. Importez d’abord les fichiers de l’année.", uai, f.Year)
		}
		base := int64(0)
		if !f.Since.IsZero() {
			if base, err = s.base(tx, f); err != nil {
				return err
			}
			if sheets, fresh, left, err = since(tx, base, sheets); err != nil {
				return err
			}
		}
		if err := s.remember(tx, f.Year, base, made.sheets, who.Login); err != nil {
			return err
		}
		// Before the end of the transaction: what could not be written is not remembered either.
		return s.archive(w, !f.Since.IsZero(), sheets, fresh, left)
	})
	if err != nil {
		return fed, err
	}
	fed.Deleted = len(left)
	for _, one := range sheets {
		if f.Since.IsZero() || fresh[one.category+"/"+one.id] {
			fed.Added++
		} else {
			fed.Changed++
		}
	}
	return fed, nil
}

// base is the directory that changes are told from.
func (s *Service) base(tx *vault.Tx, f FeedForm) (id int64, err error) {
	end := time.Date(f.Since.Year(), f.Since.Month(), f.Since.Day()+1, 0, 0, 0, 0, s.Zone)
	found, err := tx.Get("SELECT id FROM annuaire WHERE annee = ? AND le < ? ORDER BY id DESC LIMIT 1", []any{int(f.Year), vault.Micros(end)}, &id)
	if err == nil && !found {
		err = belvedere.Errorf(belvedere.Conflict, "Aucun annuaire de %s n’a été écrit le %s ou avant. Écrivez d’abord un annuaire complet, sans --since.", f.Year, belvedere.ShortDate(f.Since))
	}
	return id, err
}

// since keeps the sheets that differ from what a directory said, tells which of them are of people
// who were not in it, and what was and is no more.
func since(tx *vault.Tx, base int64, sheets []sheet) (changed []sheet, fresh map[string]bool, left []gone, err error) {
	said := map[string]string{}
	var order []gone
	err = tx.Each("SELECT categorie, jointure, empreinte FROM annuaire_fiche WHERE annuaire = ? ORDER BY categorie, jointure", []any{base}, func(scan func(...any) error) error {
		var g gone
		var print string
		err := scan(&g.category, &g.id, &print)
		said[g.category+"/"+g.id] = print
		order = append(order, g)
		return err
	})
	fresh = map[string]bool{}
	there := map[string]bool{}
	for _, one := range sheets {
		key := one.category + "/" + one.id
		there[key] = true
		print, known := said[key]
		fresh[key] = !known
		if print != one.fingerprint() {
			changed = append(changed, one)
		}
	}
	for _, g := range order {
		if !there[g.category+"/"+g.id] {
			left = append(left, g)
		}
	}
	return changed, fresh, left, err
}

// mostRemembered is how many directories are remembered: more than two months of daily changes.
const mostRemembered = 70

func (s *Service) remember(tx *vault.Tx, year belvedere.SchoolYear, base int64, sheets []sheet, by string) error {
	var from any
	if base != 0 {
		from = base
	}
	id, err := tx.Insert("INSERT INTO annuaire (annee, depuis, le, par) VALUES (?, ?, ?, ?)", int(year), from, vault.Micros(s.Now()), by)
	if err != nil {
		return err
	}
	for _, one := range sheets {
		var person any
		if one.who.id != 0 {
			person = one.who.id
		}
		if _, err := tx.Exec("INSERT INTO annuaire_fiche (annuaire, categorie, jointure, qui, qui_id, empreinte) VALUES (?, ?, ?, ?, ?, ?)",
			id, one.category, one.id, one.who.sort, person, one.fingerprint()); err != nil {
			return err
		}
	}
	_, err = tx.Exec("DELETE FROM annuaire WHERE annee = ?1 AND id NOT IN (SELECT id FROM annuaire WHERE annee = ?1 ORDER BY id DESC LIMIT ?2)", int(year), mostRemembered)
	return err
}

// fingerprint tells a sheet from any other that says something else.
func (s *sheet) fingerprint() string {
	h := sha256.New()
	for _, a := range s.attrs {
		fmt.Fprintf(h, "%q%q", a.name, a.values)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// archive writes one file for each category: all of them when the directory is whole, those that
// say something when it is of changes.
func (s *Service) archive(w io.Writer, delta bool, sheets []sheet, fresh map[string]bool, left []gone) error {
	now := s.Now().In(s.Zone)
	kind := "Complet"
	if delta {
		kind = "Delta"
	}
	z := zip.NewWriter(w)
	for _, category := range categories {
		var body bytes.Buffer
		for _, one := range sheets {
			if one.category == category {
				one.write(&body, delta && !fresh[one.category+"/"+one.id])
			}
		}
		for _, g := range left {
			if g.category == category {
				fmt.Fprintf(&body, "<deleteRequest>%s</deleteRequest>\n", about(g.category, g.id))
			}
		}
		if delta && body.Len() == 0 && (category != "Eleve" || len(sheets)+len(left) > 0) {
			continue // an archive without any change still has one file, empty
		}
		name := fmt.Sprintf("BELVEDERE_%s_%s_%s_0000.xml", kind, now.Format("20060102"), category)
		part, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: now})
		if err != nil {
			return err
		}
		out := bufio.NewWriter(part)
		fmt.Fprintf(out, "%s<!DOCTYPE ficAlimMENESR SYSTEM \"ficAlimMENESR.dtd\">\n<ficAlimMENESR>\n<!-- dateGenerationExport=\"%s\" -->\n", xml.Header, belvedere.ShortDate(now))
		body.WriteTo(out)
		out.WriteString("</ficAlimMENESR>\n")
		if err := out.Flush(); err != nil {
			return err
		}
	}
	return z.Close()
}

// write writes the request of a sheet, of someone new or of changes.
func (s *sheet) write(b *bytes.Buffer, change bool) {
	request, list, item, operation := "addRequest", "attributes", "attr", ""
	if change {
		request, list, item, operation = "modifyRequest", "modifications", "modification", ` operation="replace"`
	}
	fmt.Fprintf(b, "<%s>%s\n<%s>\n", request, about(s.category, s.id), list)
	for _, a := range s.attrs {
		fmt.Fprintf(b, "<%s name=%q%s>", item, a.name, operation)
		for _, v := range a.values {
			b.WriteString("<value>" + escaped(v) + "</value>")
		}
		if len(a.values) == 0 {
			b.WriteString("<value/>")
		}
		fmt.Fprintf(b, "</%s>\n", item)
	}
	fmt.Fprintf(b, "</%s>\n</%s>\n", list, request)
}

// about says which category a request is of, and whom it is about.
func about(category, id string) string {
	name := category
	if other := operational[category]; other != "" {
		name = other
	}
	return fmt.Sprintf("\n<operationalAttributes><attr name=%q><value>%s</value></attr></operationalAttributes>\n<identifier><id>%s</id></identifier>", sortOf(category), name, escaped(id))
}

func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer never fails
	return b.String()
}
