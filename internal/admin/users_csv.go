package admin

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/export"
	"belvedere/internal/registry"
	"belvedere/internal/source/table"
)

// userColumns are the columns of a file of users, in the order of the export. No other is
// taken: a state, a password or a number of account never comes from a file.
var userColumns = []string{"nom", "prenom", "mail", "identifiant", "fonction", "place", "administrateur", "dpo", "etablissements", "groupes", "rubriques", "perimetre"}

// UserColumns are the columns of a file of users.
func UserColumns() []string { return slices.Clone(userColumns) }

// A usersRow is a line of a file of users.
type usersRow struct {
	line   int64
	cells  map[string]string // by column, trimmed; those of missing columns are absent
	place  map[string]int    // of a column in the file, from 1
	faults []belvedere.Fault // of the line itself
}

// said is the cell of a column, when it says anything.
func (row usersRow) said(column string) (string, bool) {
	cell := row.cells[column]
	return cell, cell != ""
}

// readUsersFile reads all lines of a CSV file, in any encoding and with any separator that
// spreadsheets write.
func readUsersFile(file []byte) ([]usersRow, error) {
	if len(file) > MostUsersFile {
		return nil, belvedere.Errorf(belvedere.TooLarge, "Le fichier dépasse 2\u202fMo\u00a0: partagez-le en plusieurs.")
	}
	archive, err := table.Open(bytes.NewReader(file), int64(len(file)), "utilisateurs.csv", table.Limits{Unpacked: 2 * MostUsersFile, Columns: 64})
	if err != nil {
		return nil, err
	}
	if archive.Packing != table.Bare || len(archive.Members) != 1 || archive.Members[0].Kind != table.CSV {
		return nil, belvedere.Errorf(belvedere.Invalid, "Le fichier n’est pas un tableau CSV\u00a0: enregistrez-le au format CSV (séparateur\u00a0: point-virgule), sans le compresser.")
	}
	rows, err := archive.Members[0].Rows(table.Options{})
	if err != nil {
		return nil, err
	}
	place, err := userHeader(rows.Header())
	if err != nil {
		return nil, err
	}
	var out []usersRow
	for {
		row, err := rows.Next()
		switch {
		case errors.Is(err, io.EOF) && len(out) == 0:
			return nil, belvedere.Errorf(belvedere.Invalid, "Le fichier n’a que son en-tête\u00a0: il ne contient aucun utilisateur.")
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		case len(out) == mostUsersLines:
			return nil, belvedere.Errorf(belvedere.TooLarge, "Le fichier compte plus de %s lignes\u00a0: partagez-le en plusieurs.", belvedere.FormatNumber(mostUsersLines, 0))
		}
		out = append(out, usersRowOf(row, place))
	}
}

// usersRowOf keeps the cells of the columns that are known; row is only good until the next one.
func usersRowOf(row belvedere.SourceRow, place map[string]int) usersRow {
	out := usersRow{line: row.Line, cells: map[string]string{}, place: place}
	if row.Fault != nil {
		f := *row.Fault
		f.Value = quoted(f.Value)
		out.faults = []belvedere.Fault{f}
		return out
	}
	for column, at := range place {
		out.cells[column] = strings.TrimSpace(string(row.Fields[at-1]))
	}
	return out
}

// userHeader finds the columns by their names, without case or accents.
func userHeader(header []string) (map[string]int, error) {
	place := map[string]int{}
	for i, name := range header {
		column := table.Normalise(name)
		if !slices.Contains(userColumns, column) {
			return nil, belvedere.Errorf(belvedere.Invalid, "La colonne «\u00a0%s\u00a0» n’est pas connue\u00a0: un fichier d’utilisateurs a les colonnes %s.",
				quoted(name), strings.Join(userColumns, ", "))
		}
		if place[column] != 0 {
			return nil, belvedere.Errorf(belvedere.Invalid, "La colonne «\u00a0%s\u00a0» est deux fois dans l’en-tête\u00a0: gardez-en une.", column)
		}
		place[column] = i + 1
	}
	if place["mail"] == 0 && place["identifiant"] == 0 {
		return nil, belvedere.Errorf(belvedere.Invalid, "Le fichier n’a ni la colonne mail ni la colonne identifiant\u00a0: rien n’y dit de qui parle une ligne.")
	}
	return place, nil
}

// Export writes all users as a file that ApplyImport reads back without changing anything.
func (u *Users) Export(ctx context.Context, w io.Writer) (err error) {
	defer belvedere.Wrap(&err, "Export")
	accounts, _, err := u.Registry.ListAccounts(ctx, registry.AccountFilter{}, registry.Page{})
	if err != nil {
		return err
	}
	groups, err := u.Registry.ListGroups(ctx)
	if err != nil {
		return err
	}
	names := map[int64]string{}
	for _, g := range groups {
		names[g.ID] = g.Name
	}
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	out.Write(userColumns)
	for _, a := range accounts {
		cells := exportCells(a, names)
		for i := range cells {
			cells[i] = export.Guard(cells[i])
		}
		out.Write(cells)
	}
	out.Flush()
	return out.Error()
}

// exportCells are the cells of an account in the order of userColumns.
func exportCells(a registry.Account, names map[int64]string) []string {
	schools := "tous"
	if !a.AllSchools {
		list := make([]string, len(a.Schools))
		for i, s := range a.Schools {
			list[i] = string(s)
		}
		schools = strings.Join(list, "|")
	}
	groups := make([]string, len(a.Groups))
	for i, g := range a.Groups {
		groups[i] = names[g]
	}
	widgets := "toutes"
	if !a.AllWidgets {
		if widgets = strings.Join(a.Widgets, "|"); widgets == "" {
			widgets = "aucune"
		}
	}
	return []string{a.LastName, a.FirstName, a.Email, a.Login, a.Function, string(a.Place),
		yesNo(a.Admin), yesNo(a.Auditor), schools, strings.Join(groups, "|"), widgets, withinCell(a.Within)}
}

// withinCell is "composante=GC|INFO;service=GC", or « aucun » for rights without limit.
func withinCell(list []belvedere.Within) string {
	if len(list) == 0 {
		return "aucun"
	}
	return belvedere.WithinText(list)
}
