package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/app"
	"belvedere/internal/audit"
)

type settingsCmd struct {
	Name    *string `help:"Nom du territoire : « Département de l’Ille-et-Vilaine »." placeholder:"NOM"`
	Code    *string `help:"Code du territoire : D035, R53." placeholder:"CODE"`
	Contact *string `help:"Adresse de la personne à qui s’adresser." placeholder:"ADRESSE"`
	Color   *string `name:"couleur" help:"Couleur de la console, #0b6470 ; vide pour celle du programme. Son contraste est contrôlé." placeholder:"#RRVVBB"`
	Logo    string  `help:"Image PNG, JPEG ou WebP de 512 Kio au plus ; « aucun » retire le logo." placeholder:"FICHIER"`
	Rules   *string `name:"mots-de-passe" help:"longueur (15 caractères et robustesse) ou composition (8 caractères, chiffre, caractère spécial, lettre)." placeholder:"RÈGLE"`
	Remind  *string `name:"rappel" help:"Jours avant la fin d’une convention où un rappel est envoyé." placeholder:"JOURS"`
	Compare *string `name:"comparaison" help:"Autres établissements au moins dans une comparaison, 10 ou plus." placeholder:"NOMBRE"`
	Journal *string `name:"journal" help:"Mois de conservation du journal, de 6 à 36." placeholder:"MOIS"`
	Hidden  *string `name:"masquer" help:"Codes des rubriques que le menu ne montre pas, séparés par des espaces ; vide : toutes sont montrées." placeholder:"CODES"`
	Receipt *string `name:"recus" help:"Mois de conservation des reçus des fichiers, de 12 à 240." placeholder:"MOIS"`
}

// Run sets what is given and prints all settings.
func (c settingsCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		changes, err := c.save(e, a)
		if err != nil {
			return err
		}
		if c.Logo != "" {
			if err := c.logo(e, a); err != nil {
				return err
			}
			changes = append(changes, "logo")
		}
		if len(changes) > 0 {
			a.Note(e.ctx, audit.Territory, "réglages du territoire", strings.Join(changes, " ; "))
		}
		return printSettings(e, a)
	})
}

func (c settingsCmd) save(e *env, a *app.App) ([]string, error) {
	form, err := a.Territory.Form(e.ctx)
	if err != nil {
		return nil, err
	}
	given := false
	for _, f := range []struct {
		from *string
		into *string
	}{{c.Name, &form.Name}, {c.Code, &form.Code}, {c.Contact, &form.Contact}, {c.Color, &form.Accent}, {c.Remind, &form.ReminderDays}, {c.Journal, &form.JournalMonths}, {c.Compare, &form.Benchmark}, {c.Receipt, &form.ReceiptMonths}, {c.Hidden, &form.Hidden}} {
		if f.from != nil {
			*f.into, given = *f.from, true
		}
	}
	if c.Rules != nil {
		if !slices.Contains([]string{"longueur", "composition"}, *c.Rules) {
			return nil, misuse{fmt.Errorf("--mots-de-passe : %q n’est ni « longueur » ni « composition »", *c.Rules)}
		}
		form.SeedPasswords, given = *c.Rules == "composition", true
	}
	if !given {
		return nil, nil
	}
	return a.Territory.Save(e.ctx, form)
}

func (c settingsCmd) logo(e *env, a *app.App) error {
	if c.Logo == "aucun" {
		return a.Territory.RemoveLogo(e.ctx)
	}
	f, err := os.Open(c.Logo)
	if err != nil {
		return belvedere.WrapError(belvedere.Invalid, err, "le fichier %s ne peut pas être lu", c.Logo)
	}
	defer f.Close()
	_, err = a.Territory.SetLogo(e.ctx, f)
	return err
}

func printSettings(e *env, a *app.App) error {
	all, err := a.Registry.Settings(e.ctx)
	if err != nil {
		return err
	}
	keys := make([]string, 0, len(all))
	for k := range all {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Fprintf(e.out, "%s = %s\n", k, all[k])
	}
	return nil
}

type schoolCmd struct {
	List      schoolListCmd   `cmd:"" default:"withargs" help:"Lister les établissements du registre, corrections comprises."`
	Vaults    vaultListCmd    `cmd:"" help:"Lister les coffres d’établissement, en nombres seulement."`
	Backup    vaultBackupCmd  `cmd:"" help:"Sauvegarder le coffre d’un établissement, chiffré."`
	Restore   vaultRestoreCmd `cmd:"" help:"Remettre le coffre d’un établissement à partir d’une copie."`
	Erase     vaultEraseCmd   `cmd:"" help:"Détruire le coffre d’un établissement, toutes années comprises."`
	Tally     tallyCmd        `cmd:"" help:"Compter ce que dit le coffre d’un établissement et l’envoyer à la collectivité : des nombres seulement."`
	Timetable timetableCmd    `cmd:"" help:"Imprimer la semaine d’une division ou d’une salle, telle qu’elle a lieu."`
	Edit      schoolEditCmd   `cmd:"" help:"Corriger les codes postaux, l’ouverture, la fermeture ou le successeur d’un établissement."`
}

type schoolListCmd struct {
	Text string `arg:"" optional:"" name:"texte" help:"Partie du nom, de l’UAI ou de la commune."`
}

// Run lists schools.
func (c schoolListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		list, err := a.Schools.List(e.ctx, c.Text, false)
		if err != nil {
			return err
		}
		for _, s := range list {
			mark := ""
			if s.Edit.School != "" {
				mark = "corrigé"
			}
			fmt.Fprintf(e.out, "%s\t%s\t%s\t%s\t%s\n", s.UAI, s.Name, s.Attributes["commune"], strings.Join(s.Postcodes(), " "), mark)
		}
		return nil
	})
}

type schoolEditCmd struct {
	UAI       string    `arg:"" name:"uai" help:"UAI de l’établissement."`
	Postcodes *[]string `name:"codes-postaux" help:"Tous ses codes postaux, dans l’ordre." placeholder:"CODES"`
	Opened    *string   `name:"ouverture" help:"Date d’ouverture." placeholder:"2026-09-01"`
	Closed    *string   `name:"fermeture" help:"Premier jour où il est fermé." placeholder:"2026-09-01"`
	Into      *string   `name:"devient" help:"UAI de l’établissement qui lui succède." placeholder:"UAI"`
	Restore   bool      `name:"comme-livre" help:"Retirer la correction : ce que disent les livraisons vaut de nouveau."`
}

// Run corrects a school, or takes its correction away.
func (c schoolEditCmd) Run(e *env) error {
	uai, err := belvedere.ParseUAI(c.UAI)
	if err != nil {
		return misuse{err}
	}
	return e.with(func(a *app.App) error {
		if c.Restore {
			a.Note(e.ctx, audit.School, string(uai), "correction retirée")
			return a.Schools.Restore(e.ctx, uai)
		}
		line, err := a.Schools.School(e.ctx, uai)
		if err != nil {
			return err
		}
		form := admin.SchoolFormOf(line)
		if c.Postcodes != nil {
			form.Postcodes, form.AsDelivered = *c.Postcodes, false
		}
		for _, f := range []struct{ from, into *string }{{c.Opened, &form.Opened}, {c.Closed, &form.Closed}, {c.Into, &form.MergedInto}} {
			if f.from != nil {
				*f.into = *f.from
			}
		}
		changes, err := a.Schools.Save(e.ctx, byOperator(), form)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.School, string(uai), strings.Join(changes, " ; "))
		for _, change := range changes {
			fmt.Fprintln(e.out, change)
		}
		return nil
	})
}
