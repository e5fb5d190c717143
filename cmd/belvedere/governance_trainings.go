package main

import (
	"fmt"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/registry"
)

type trainingsCmd struct {
	List     trainingsListCmd     `cmd:"" default:"withargs" help:"Lister les sessions."`
	Add      trainingsAddCmd      `cmd:"" help:"Ajouter une session."`
	Register trainingsRegisterCmd `cmd:"" help:"Inscrire quelqu’un."`
	Attend   trainingsAttendCmd   `cmd:"" help:"Dire qui est venu."`
	Missing  trainingsMissingCmd  `cmd:"" help:"Dire qui n’est pas encore formé pour son habilitation."`
	Export   trainingsExportCmd   `cmd:"" help:"Écrire les sessions et leurs inscrits en CSV."`
	Certify  trainingsCertifyCmd  `cmd:"" help:"Écrire les attestations en CSV : qui a suivi quoi."`
}

type trainingsListCmd struct {
	asFlag
	JSON bool `name:"json" help:"Pour les programmes."`
}

type jsonTraining struct {
	ID        int64  `json:"id"`
	Day       string `json:"date"`
	Label     string `json:"sujet"`
	Topic     string `json:"prepare_a,omitempty"`
	Trainer   string `json:"formateur,omitempty"`
	Place     string `json:"lieu,omitempty"`
	Seats     int    `json:"places"`
	Taken     int    `json:"inscrits"`
	Cancelled bool   `json:"annulee"`
}

// Run lists the sessions.
func (c trainingsListCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		sessions, err := a.Governance.Sessions(e.ctx, v)
		if err != nil {
			return err
		}
		list := []jsonTraining{}
		for _, t := range sessions {
			list = append(list, jsonTraining{t.ID, dayOf(t.Day), t.Label, t.Topic, t.Trainer, t.Place, t.Training.Seats, t.Taken, t.Cancelled})
		}
		if c.JSON {
			return asJSON(e.out, list)
		}
		for _, t := range list {
			fmt.Fprintf(e.out, "%d\t%s\t%d inscrits pour %d places\t%s\t%s\n", t.ID, t.Day, t.Taken, t.Seats, t.Topic, t.Label)
		}
		return nil
	})
}

type trainingsAddCmd struct {
	asFlag
	Label   string `arg:"" name:"sujet" help:"Sujet."`
	Day     string `name:"date" required:"" help:"Date." placeholder:"DATE"`
	Hours   string `name:"horaire" help:"Horaire." placeholder:"TEXTE"`
	Place   string `name:"lieu" help:"Lieu." placeholder:"TEXTE"`
	Trainer string `name:"formateur" help:"Formateur." placeholder:"NOM"`
	Seats   int    `name:"places" help:"Places ; 0 est sans limite." default:"12" placeholder:"NOMBRE"`
	Topic   string `name:"prepare" help:"Ce à quoi elle prépare : auteur, extracteur, donnees, ou une responsabilité." placeholder:"CODE"`
	Note    string `name:"programme" help:"Programme." placeholder:"TEXTE"`
}

// Run adds a session.
func (c trainingsAddCmd) Run(e *env) error {
	day, err := belvedere.ParseDate(c.Day)
	if err != nil {
		return misuse{err}
	}
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		t, err := a.Governance.PutTraining(e.ctx, v, registry.Training{Label: c.Label, Day: day, Hours: c.Hours, Place: c.Place, Trainer: c.Trainer, Seats: c.Seats, Topic: c.Topic, Note: c.Note})
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, fmt.Sprintf("formation %d", t.ID), t.Label)
		fmt.Fprintf(e.out, "%d\n", t.ID)
		return nil
	})
}

type trainingsRegisterCmd struct {
	asFlag
	ID     int64  `arg:"" name:"numéro" help:"Numéro de la session."`
	Who    string `arg:"" name:"qui" help:"Identifiant."`
	Remove bool   `name:"retirer" help:"Désinscrire."`
}

// Run gives a seat or frees it.
func (c trainingsRegisterCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) (err error) {
		what := "inscription de "
		if c.Remove {
			what, err = "désinscription de ", a.Governance.Unregister(e.ctx, v, c.ID, c.Who)
		} else {
			err = a.Governance.Register(e.ctx, v, c.ID, c.Who)
		}
		if err == nil {
			a.Note(e.ctx, audit.Governance, fmt.Sprintf("formation %d", c.ID), what+c.Who)
		}
		return err
	})
}

type trainingsAttendCmd struct {
	asFlag
	ID     int64  `arg:"" name:"numéro" help:"Numéro de la session."`
	Who    string `arg:"" name:"qui" help:"Identifiant."`
	Absent bool   `name:"absent" help:"N’est pas venu."`
}

// Run says who came.
func (c trainingsAttendCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		presence := registry.Present
		if c.Absent {
			presence = registry.Absent
		}
		if err := a.Governance.MarkPresence(e.ctx, v, c.ID, c.Who, presence); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, fmt.Sprintf("formation %d", c.ID), string(presence)+" "+c.Who)
		return nil
	})
}

type trainingsMissingCmd struct{ asFlag }

// Run lists who is not trained.
func (c trainingsMissingCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		list, err := a.Governance.Untrained(e.ctx, v)
		for _, u := range list {
			fmt.Fprintf(e.out, "%s\t%s\t%s\n", u.Account.Login, u.Topic, orKept(dayOf(u.Registered), "aucune inscription"))
		}
		return err
	})
}

type trainingsExportCmd struct {
	asFlag
	ID int64 `arg:"" optional:"" name:"numéro" help:"Numéro d’une session ; toutes sans lui."`
}

// Run writes a file of lines.
func (c trainingsExportCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		return a.Governance.WriteTrainings(e.ctx, v, c.ID, e.out)
	})
}

type trainingsCertifyCmd struct{ asFlag }

// Run writes who attended what.
func (c trainingsCertifyCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		return a.Governance.WriteCertificates(e.ctx, v, e.out)
	})
}
