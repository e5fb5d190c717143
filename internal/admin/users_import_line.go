package admin

import (
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/export"
	"belvedere/internal/registry"
	"belvedere/internal/words"
)

// target finds the account that a line is about: by its identifier, else by its address. None
// makes a new one.
func (in *usersReading) target(row usersRow, flaws *Flaws) registry.Account {
	byLogin, login := in.logins[sameAs(row.cells["identifiant"])]
	byMail, mail := in.emails[sameAs(row.cells["mail"])]
	switch {
	case login && mail && byLogin.ID != byMail.ID:
		flaws.add("mail", "L’identifiant est celui de %s, l’adresse celle de %s : corrigez l’un des deux.", byLogin.Name(), byMail.Name())
		return byLogin
	case login:
		return byLogin
	case mail:
		return byMail
	}
	return registry.Account{}
}

// form is what a line says of an account: an empty cell changes nothing, « aucun » empties.
func (in *usersReading) form(row usersRow, before registry.Account, flaws *Flaws) (f UserForm, all bool, widgets []string) {
	f = FormOf(before)
	texts := map[string]*string{"nom": &f.LastName, "prenom": &f.FirstName, "mail": &f.Email, "identifiant": &f.Login, "fonction": &f.Function}
	for column, field := range texts {
		cell, said := row.said(column)
		switch {
		case !said || cell == export.Guard(*field):
		case column == "fonction" && nothing(cell):
			*field = ""
		default:
			*field = unguardedCell(cell)
		}
	}
	if cell, said := row.said("place"); said {
		f.Place = placeOf(cell)
	}
	for column, field := range map[string]*bool{"administrateur": &f.Admin, "dpo": &f.Auditor} {
		if cell, said := row.said(column); said {
			var ok bool
			if *field, ok = yesOrNo(cell); !ok {
				flaws.add(column, "%s n’est ni oui ni non : écrivez l’un des deux.", quoted(cell))
			}
		}
	}
	if cell, said := row.said("etablissements"); said {
		f.AllSchools, f.Schools = words.Fold(cell) == "tous", nil
		if !f.AllSchools && !nothing(cell) {
			f.Schools = strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("|,; \u00a0", r) })
		}
	}
	if cell, said := row.said("groupes"); said {
		f.Groups = in.groups(cell, flaws)
	}
	all, widgets = before.AllWidgets || before.ID == 0, before.Widgets
	if cell, said := row.said("rubriques"); said {
		all, widgets = in.widgets(cell, flaws)
	}
	return f, all, widgets
}

func placeOf(cell string) registry.AccountPlace {
	switch words.Fold(cell) {
	case "collectivite", "territoire":
		return registry.InTerritory
	case "etablissement":
		return registry.InSchool
	}
	return registry.AccountPlace(cell)
}

// yesOrNo reads what people write in such a column.
func yesOrNo(cell string) (yes, ok bool) {
	switch words.Fold(cell) {
	case "oui", "o", "x", "1", "vrai":
		return true, true
	case "non", "n", "0", "faux", "aucun":
		return false, true
	}
	return false, false
}

// nothing tells a cell that empties what it is about.
func nothing(cell string) bool { return slices.Contains([]string{"aucun", "aucune"}, words.Fold(cell)) }

// unguardedCell takes off the apostrophe that keeps spreadsheets from reading a formula.
func unguardedCell(cell string) string {
	if rest, cut := strings.CutPrefix(cell, "'"); cut && export.Guard(rest) == cell {
		return rest
	}
	return cell
}

func (in *usersReading) groups(cell string, flaws *Flaws) []int64 {
	if nothing(cell) {
		return nil
	}
	var out []int64
	for name := range strings.SplitSeq(cell, "|") {
		if strings.TrimSpace(name) == "" {
			continue
		}
		id, ok := in.named[words.Fold(name)]
		if !ok {
			flaws.add("groupes", "Aucun groupe ne s’appelle « %s » : créez-le d’abord, ou corrigez son nom (plusieurs groupes se séparent par |).", quoted(name))
			continue
		}
		out = append(out, id)
	}
	return out
}

// widgets reads « toutes », « aucune », or codes or names separated by | or by commas.
func (in *usersReading) widgets(cell string, flaws *Flaws) (all bool, codes []string) {
	switch {
	case words.Fold(cell) == "toutes":
		return true, nil
	case nothing(cell):
		return false, nil
	}
	asked := map[string]bool{}
	for name := range strings.FieldsFuncSeq(cell, func(r rune) bool { return r == '|' || r == ',' }) {
		if strings.TrimSpace(name) == "" {
			continue
		}
		code, ok := in.labels[words.Fold(name)]
		if !ok {
			flaws.add("rubriques", "La rubrique « %s » n’existe pas : écrivez toutes, aucune, ou les codes de l’export séparés par |.", quoted(name))
			continue
		}
		asked[code] = true
	}
	for _, code := range in.known.order {
		if asked[code] {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return false, codes
}

// within reads « aucun », or members as the export writes them. A cell that says nothing changes nothing.
func (in *usersReading) within(row usersRow, before registry.Account, admin bool, flaws *Flaws) []belvedere.Within {
	cell, said := row.said("perimetre")
	switch {
	case !said:
		return before.Within
	case nothing(cell):
		return nil
	}
	list, err := belvedere.ParseWithin(unguardedCell(cell))
	if err != nil {
		flaws.add("perimetre", "%s", belvedere.Message(err))
		return nil
	}
	if list = flaws.within(list, before.Within, in.known.model); admin && len(list) > 0 {
		flaws.add("perimetre", "Un administrateur voit tout : écrivez aucun, ou retirez-lui ce rôle.")
	}
	return list
}

// rules checks a line against the others and against who imports.
func (in *usersReading) rules(line int64, before, after registry.Account, flaws *Flaws) {
	if above, ok := in.lineOf[before.ID]; ok && before.ID != 0 {
		flaws.add("mail", "Cette personne est déjà à la ligne %d : gardez une seule des deux.", above)
		return
	}
	if above, ok := in.newMail[sameAs(after.Email)]; ok && after.Email != "" {
		flaws.add("mail", "L’adresse est déjà à la ligne %d : chaque personne a la sienne.", above)
	}
	if above, ok := in.newName[sameAs(after.Login)]; ok && after.Login != "" && !flaws.about("identifiant") {
		flaws.add("identifiant", "L’identifiant est déjà à la ligne %d : chaque personne a le sien.", above)
	}
	if before.ID != 0 && before.ID == in.by.ID && before.Admin && !after.Admin {
		flaws.add("administrateur", "Vous ne pouvez pas retirer votre propre droit d’administrateur.")
	}
}

// about tells whether something is wrong with a field already.
func (f Flaws) about(field string) bool {
	return slices.ContainsFunc(f, func(one Flaw) bool { return one.Field == field })
}

// columnOf is the column of the file that a field of the form comes from.
var columnOf = map[string]string{"etablissement": "etablissements", "portee": "etablissements", "groupe": "groupes"}

// explain places what is wrong with a line in its columns.
func (row usersRow) explain(flaws Flaws) []belvedere.Fault {
	var out []belvedere.Fault
	for _, f := range flaws {
		column := f.Field
		if c := columnOf[column]; c != "" {
			column = c
		}
		out = append(out, belvedere.Fault{
			Line: row.line, Column: row.place[column], Field: column, Value: quoted(row.cells[column]),
			Severity: belvedere.SeverityError, Rule: "utilisateur", Message: f.Message,
		})
	}
	return out
}
