package vault

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"belvedere"
)

// ExportPerson writes all that the vault holds about someone, as JSON: each table with its rows,
// and the rows of the source files with their place.
func (v *Vault) ExportPerson(ctx context.Context, sort string, id int64, w io.Writer) (err error) {
	defer belvedere.Wrap(&err, "vault.ExportPerson(%s, %s %d)", v.uai, sort, id)
	return v.Read(ctx, func(tx *Tx) error {
		p, err := tx.person(sort, id)
		if err != nil {
			return err
		}
		doc := struct {
			School  belvedere.UAI               `json:"etablissement"`
			Sort    string                      `json:"sorte"`
			ID      int64                       `json:"id"`
			Written string                      `json:"etabli_le"`
			Tables  map[string][]map[string]any `json:"donnees"`
			Sources map[string][]map[string]any `json:"fichiers"`
		}{v.uai, sort, id, v.now().In(v.zone).Format(time.RFC3339), map[string][]map[string]any{}, map[string][]map[string]any{}}
		list, err := tx.holdingsOf(sort)
		if err != nil {
			return err
		}
		for _, h := range list {
			rows, err := tx.objects("SELECT * FROM "+h.table+" WHERE "+h.condition, h.args(sort, id)...)
			if err != nil {
				return err
			}
			if len(rows) > 0 {
				doc.Tables[h.table] = append(doc.Tables[h.table], rows...)
			}
		}
		held, err := tx.inSources(p)
		if err != nil {
			return err
		}
		for _, h := range held {
			row := map[string]any{}
			for k, s := range h.data {
				row[strings.TrimPrefix(k, "_")] = s
			}
			doc.Sources[h.kind] = append(doc.Sources[h.kind], row)
		}
		out := json.NewEncoder(w)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		return out.Encode(doc)
	})
}

// objects are the rows of a query, by column.
func (t *Tx) objects(query string, args ...any) (list []map[string]any, err error) {
	rows, err := t.tx.QueryContext(t.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		object := make(map[string]any, len(columns))
		for i, c := range columns {
			object[c] = values[i]
		}
		list = append(list, object)
	}
	return list, rows.Err()
}

// texts are the columns in which words about anyone may stand, whoever the row is of.
var texts = map[string][]string{
	"constat":       {"cle", "message", "valeur_a", "valeur_b"},
	"constat_vie":   {"motif"},
	"note":          {"valeur", "message"},
	"defaut":        {"valeur", "message"},
	"rapprochement": {"valeur"},
	"etape":         {"motif"},
	"lot":           {"derogation"},
	"contestation":  {"message"},
	"appel_eleve":   {"remarque"},
	"deplacement":   {"motif"},

	"dossier_import": {"fichier"},
}

// ErasePerson removes someone from every table, those of the source files too, and rewrites the
// file, so that nothing of it remains in freed pages or in the log. A file imported later that
// still has the person brings her back: the source must forget her first. Files that wait on the board are given up. The copies made before
// still have her.
func (v *Vault) ErasePerson(ctx context.Context, sort string, id int64) (err error) {
	defer belvedere.Wrap(&err, "vault.ErasePerson(%s, %s %d)", v.uai, sort, id)
	err = v.Write(ctx, func(tx *Tx) error {
		p, err := tx.person(sort, id)
		if err != nil {
			return err
		}
		held, err := tx.inSources(p)
		if err != nil {
			return err
		}
		for _, h := range held {
			if err := tx.eraseSource(h); err != nil {
				return err
			}
		}
		if err := tx.eraseTexts(p); err != nil {
			return err
		}
		if err := tx.leaveDeposits(); err != nil {
			return err
		}
		list, err := tx.holdingsOf(sort)
		if err != nil {
			return err
		}
		if err := tx.eraseFiles(p); err != nil {
			return err
		}
		for _, h := range list {
			query := "DELETE FROM " + h.table + " WHERE " + h.condition
			if h.keep != "" {
				query = "UPDATE " + h.table + " SET " + h.keep + " = NULL WHERE " + h.condition
			}
			if _, err := tx.Exec(query, h.args(sort, id)...); err != nil {
				return fmt.Errorf("%s: %w", h.table, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.rewrite(ctx)
}

func (t *Tx) eraseSource(h sourceHolding) error {
	if len(h.blank) == 0 {
		_, err := t.Exec("DELETE FROM "+sourceTable(h.kind)+" WHERE rowid = ?", h.row)
		return err
	}
	for _, column := range h.blank {
		if _, err := t.Exec("UPDATE "+sourceTable(h.kind)+` SET "`+column+`" = NULL WHERE rowid = ?`, h.row); err != nil {
			return err
		}
	}
	return nil
}

// eraseTexts takes someone's names out of rows that are not about her: those of findings and notes
// go, reasons and notes of people lose their words.
func (t *Tx) eraseTexts(p Person) error {
	for table, columns := range texts {
		key := "rowid"
		if slices.Contains([]string{"constat_vie", "defaut", "etape", "appel_eleve"}, table) { // they have no rowid
			key = map[string]string{"constat_vie": "constat || '/' || rang", "defaut": "import || '/' || rang", "etape": "annee || '/' || code",
				"appel_eleve": "appel || '/' || eleve"}[table]
		}
		var keys []string
		err := t.Each("SELECT "+key+", "+strings.Join(columns, " || char(10) || ")+" FROM "+table, nil, func(scan func(...any) error) error {
			var k, text string
			if err := scan(&k, &text); err != nil {
				return err
			}
			if p.named(text) {
				keys = append(keys, k)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, k := range keys {
			query := "DELETE FROM " + table
			if slices.Contains([]string{"constat_vie", "etape", "lot", "contestation", "appel_eleve", "deplacement", "dossier_import"}, table) {
				query = "UPDATE " + table + " SET " + columns[0] + " = ''"
			}
			if _, err := t.Exec(query+" WHERE CAST("+key+" AS TEXT) = ?", k); err != nil {
				return err
			}
		}
	}
	return nil
}

// leaveDeposits gives up the files that wait on the board: they may hold the person, in archives
// that cannot be searched, and would bring her back.
func (t *Tx) leaveDeposits() error {
	for _, query := range []string{
		"DELETE FROM depot_morceau WHERE depot IN (SELECT id FROM depot WHERE etat = 'attente')",
		"DELETE FROM depot_fichier WHERE depot IN (SELECT id FROM depot WHERE etat = 'attente')",
		"DELETE FROM dossier_depot",
		"UPDATE depot SET etat = 'abandonne', fini = le, prevision = '' WHERE etat = 'attente'",
	} {
		if _, err := t.Exec(query); err != nil {
			return err
		}
	}
	return nil
}

// rewrite makes the file anew and empties the log: nothing of what was deleted remains.
func (v *Vault) rewrite(ctx context.Context) error {
	if _, err := v.db.ExecContext(ctx, "VACUUM"); err != nil {
		return v.explain(err)
	}
	return v.truncateLog(ctx)
}

// A Retention is how long a vault keeps what.
type Retention struct {
	Connections time.Time            // those before go
	Years       belvedere.SchoolYear // those before go, with the people who are of no other
	Persons     time.Time            // day from which the years of each kind of person file count; zero: they are left
}

// DefaultRetention is thirteen months of connections, and five school years.
func DefaultRetention(now time.Time) Retention {
	return Retention{Connections: now.AddDate(0, -13, 0), Years: belvedere.SchoolYearOf(now) - 4, Persons: now}
}

// Purge removes what is kept no longer, and tells how many rows went, by table.
func (v *Vault) Purge(ctx context.Context, rule Retention) (gone map[string]int64, err error) {
	defer belvedere.Wrap(&err, "vault.Purge(%s)", v.uai)
	gone = map[string]int64{}
	err = v.Write(ctx, func(tx *Tx) error {
		del := func(table, condition string, args ...any) error {
			n, err := tx.Exec("DELETE FROM "+table+" WHERE "+condition, args...)
			if n > 0 {
				gone[table] += n
			}
			return err
		}
		if err := del("connexion", "instant < ?", Micros(rule.Connections)); err != nil {
			return err
		}
		dated, err := tx.datedTables()
		if err != nil {
			return err
		}
		for table, column := range dated {
			// Year 0 is "all years".
			if err := del(table, column+" > 0 AND "+column+" < ?", int(rule.Years)); err != nil {
				return err
			}
		}
		if err := tx.purgeDossiers(rule, del); err != nil {
			return err
		}
		return tx.purgePeople(rule, del)
	})
	if err == nil && len(gone) > 0 {
		err = v.rewrite(ctx)
	}
	return gone, err
}

// datedTables are those whose rows are of a year, with the column that says it.
func (t *Tx) datedTables() (map[string]string, error) {
	dated := map[string]string{}
	err := t.Each(`SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'dos\_%' ESCAPE '\' AND c.name IN ('annee', '_annee')`, nil,
		func(scan func(...any) error) error {
			var table, column string
			err := scan(&table, &column)
			dated[table] = column
			return err
		})
	return dated, err
}

// purgePeople removes those whom no year has any more, with their accounts and identifiers.
// Guardians without a child are kept as long as a file of a year that is kept had them.
func (t *Tx) purgePeople(rule Retention, del func(table, condition string, args ...any) error) error {
	kept := Micros(rule.Years.First())
	for _, p := range []struct{ sort, table, condition string }{
		{Pupil, "eleve", "id NOT IN (SELECT eleve FROM scolarite) AND vu < ?"},
		{Guardian, "personne", "id NOT IN (SELECT personne FROM lien) AND vu < ?"},
		{Staff, "personnel", "id NOT IN (SELECT personnel FROM affectation) AND vu < ?"},
	} {
		if err := del(p.table, p.condition, kept); err != nil {
			return err
		}
		for _, table := range []string{"identifiant", "compte", "lettre"} {
			if err := del(table, "qui = ? AND qui_id NOT IN (SELECT id FROM "+p.table+")", p.sort); err != nil {
				return err
			}
		}
	}
	// Names of teachers that were reconciled for all years.
	return del("rapprochement", "sorte = 'enseignant' AND (cible = '' AND le < ? OR cible <> '' AND CAST(cible AS INTEGER) NOT IN (SELECT id FROM personnel))", kept)
}
