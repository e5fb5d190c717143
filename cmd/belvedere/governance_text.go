package main

import (
	"fmt"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/governance"
	"belvedere/internal/registry"
)

type rulesCmd struct {
	List  rulesListCmd  `cmd:"" default:"withargs" help:"Lister les règles."`
	Show  rulesShowCmd  `cmd:"" help:"Lire une règle."`
	Write rulesWriteCmd `cmd:"" help:"Écrire une règle, ou une version d’une règle."`
	Force rulesForceCmd `cmd:"" help:"Mettre une version en vigueur."`
	End   rulesEndCmd   `cmd:"" help:"Abroger une règle."`
	Diff  rulesDiffCmd  `cmd:"" help:"Comparer deux versions."`
	Reads rulesReadsCmd `cmd:"" help:"Dire qui a lu une règle, et qui ne l’a pas lue."`
}

type rulesListCmd struct {
	asFlag
	JSON bool `name:"json" help:"Pour les programmes."`
}

type jsonRule struct {
	ID       int64  `json:"id"`
	Title    string `json:"titre"`
	State    string `json:"etat"`
	Version  int    `json:"version_en_vigueur"`
	Last     int    `json:"derniere_version"`
	Duty     string `json:"responsabilite"`
	Audience string `json:"public"`
	Asked    bool   `json:"lecture_demandee"`
	Read     int    `json:"lues"`
	Readers  int    `json:"a_lire"`
}

// Run lists the rules.
func (c rulesListCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		rules, err := a.Governance.Rules(e.ctx, v)
		if err != nil {
			return err
		}
		list := []jsonRule{}
		for _, r := range rules {
			list = append(list, jsonRule{r.ID, r.Title, string(r.State()), r.InForce, r.Last, r.Duty, r.WrittenRule.Audience, r.Asked, r.Read, r.Concerned})
		}
		if c.JSON {
			return asJSON(e.out, list)
		}
		for _, r := range list {
			fmt.Fprintf(e.out, "%d\t%s\tversion %d\t%s\t%d lues sur %d\t%s\n", r.ID, r.State, max(r.Version, r.Last), r.Duty, r.Read, r.Readers, r.Title)
		}
		return nil
	})
}

type rulesShowCmd struct {
	asFlag
	ID      int64 `arg:"" name:"numéro" help:"Numéro de la règle."`
	Version int   `name:"version" help:"Version ; celle en vigueur sans elle." placeholder:"NUMÉRO"`
}

// Run writes the text of a rule.
func (c rulesShowCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		sheet, err := a.Governance.Rule(e.ctx, v, c.ID, c.Version)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s\n%s, version %d du %s, %s\n\n%s\n", sheet.Title, sheet.State().Label(), sheet.Shown.Number, belvedere.ShortDate(sheet.Shown.At), sheet.Shown.Author, sheet.Shown.Text)
		return nil
	})
}

type rulesWriteCmd struct {
	asFlag
	File     string `arg:"" name:"fichier" help:"Texte de la règle ; « - » le lit sur l’entrée."`
	ID       int64  `name:"numero" help:"Règle dont on écrit une version ; sans lui, une règle nouvelle." placeholder:"NUMÉRO"`
	Title    string `name:"titre" help:"Titre d’une règle nouvelle, ou nouveau titre." placeholder:"TITRE"`
	Duty     string `name:"responsabilite" help:"Responsabilité qui en répond." placeholder:"CODE"`
	Audience string `name:"public" help:"À qui elle s’adresse : tous, etablissements, collectivite, auteur, extracteur, donnees, responsabilite:CODE." placeholder:"PUBLIC"`
	Asked    bool   `name:"accuse" help:"Demander à ces personnes de dire qu’elles l’ont lue."`
	Reason   string `name:"motif" required:"" help:"Motif de la version." placeholder:"TEXTE"`
	Force    bool   `name:"vigueur" help:"La mettre en vigueur tout de suite."`
}

// Run writes a version.
func (c rulesWriteCmd) Run(e *env) error {
	text, err := readText(e, c.File)
	if err != nil {
		return err
	}
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		f := governance.RuleForm{ID: c.ID, Title: c.Title, Duty: c.Duty, Audience: c.Audience, Asked: c.Asked, Text: text, Reason: c.Reason, Force: c.Force}
		if c.ID != 0 {
			sheet, err := a.Governance.Rule(e.ctx, v, c.ID, 0)
			if err != nil {
				return err
			}
			f.After, f.Asked = sheet.Last, f.Asked || sheet.Asked
			f.Title, f.Duty, f.Audience = orKept(f.Title, sheet.Title), orKept(f.Duty, sheet.Duty), orKept(f.Audience, sheet.WrittenRule.Audience)
		}
		f.Audience = orKept(f.Audience, governance.Everyone)
		r, err := a.Governance.Write(e.ctx, v, f)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, fmt.Sprintf("règle %d version %d", r.ID, r.Last), r.Title+" : "+c.Reason)
		fmt.Fprintf(e.out, "%d\tversion %d\t%s\n", r.ID, r.Last, r.State().Label())
		return nil
	})
}

func orKept(given, kept string) string {
	if given == "" {
		return kept
	}
	return given
}

type rulesForceCmd struct {
	asFlag
	ID      int64 `arg:"" name:"numéro" help:"Numéro de la règle."`
	Version int   `arg:"" name:"version" help:"Version."`
}

// Run puts a version in force.
func (c rulesForceCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		r, err := a.Governance.Force(e.ctx, v, c.ID, c.Version)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, fmt.Sprintf("règle %d", r.ID), fmt.Sprintf("version %d en vigueur", c.Version))
		return nil
	})
}

type rulesEndCmd struct {
	asFlag
	ID     int64  `arg:"" name:"numéro" help:"Numéro de la règle."`
	Reason string `name:"motif" required:"" help:"Pourquoi." placeholder:"TEXTE"`
}

// Run repeals a rule.
func (c rulesEndCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		r, err := a.Governance.Repeal(e.ctx, v, c.ID, c.Reason)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, fmt.Sprintf("règle %d", r.ID), "abrogée : "+c.Reason)
		return nil
	})
}

type rulesDiffCmd struct {
	asFlag
	ID   int64 `arg:"" name:"numéro" help:"Numéro de la règle."`
	From int   `arg:"" name:"de" help:"Version de départ."`
	To   int   `arg:"" name:"à" help:"Version d’arrivée."`
}

// Run compares two versions.
func (c rulesDiffCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		sheet, err := a.Governance.Rule(e.ctx, v, c.ID, 0)
		if err != nil {
			return err
		}
		from, err := sheet.Version(c.From)
		if err != nil {
			return err
		}
		to, err := sheet.Version(c.To)
		if err != nil {
			return err
		}
		for _, l := range governance.Diff(from.Text, to.Text) {
			fmt.Fprintf(e.out, "%s %s\n", map[governance.Change]string{governance.Kept: " ", governance.Removed: "-", governance.Added: "+"}[l.Change], l.Text)
		}
		return nil
	})
}

type rulesReadsCmd struct {
	asFlag
	ID int64 `arg:"" name:"numéro" help:"Numéro de la règle."`
}

// Run says who read a rule.
func (c rulesReadsCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		sheet, err := a.Governance.Rule(e.ctx, v, c.ID, 0)
		if err != nil {
			return err
		}
		for _, r := range sheet.Readers {
			fmt.Fprintf(e.out, "%s\tlue le %s\n", r.Account.Login, belvedere.ShortDate(r.At))
		}
		for _, w := range sheet.Waiting {
			fmt.Fprintf(e.out, "%s\tpas encore\n", w.Login)
		}
		return nil
	})
}

type questionsCmd struct {
	List   questionsListCmd   `cmd:"" default:"withargs" help:"Chercher dans les questions et les réponses."`
	Show   questionsShowCmd   `cmd:"" help:"Lire une question."`
	Ask    questionsAskCmd    `cmd:"" help:"Poser une question."`
	Answer questionsAnswerCmd `cmd:"" help:"Répondre."`
}

type questionsListCmd struct {
	asFlag
	Text string `arg:"" optional:"" name:"mots" help:"Mots de la question ou de la réponse, sans accents ni majuscules."`
	Duty string `name:"responsabilite" help:"À qui elles s’adressent." placeholder:"CODE"`
	Open bool   `name:"ouvertes" help:"Sans réponse."`
	JSON bool   `name:"json" help:"Pour les programmes."`
}

type jsonHelp struct {
	ID        int64  `json:"id"`
	Of        string `json:"sorte"` // question or indicateur
	Subject   string `json:"objet"`
	Text      string `json:"question"`
	Duty      string `json:"responsabilite,omitempty"`
	By        string `json:"par"`
	At        string `json:"le"`
	Answer    string `json:"reponse,omitempty"`
	Answerer  string `json:"repondu_par,omitempty"`
	Step      string `json:"etape,omitempty"`
	Indicator string `json:"indicateur,omitempty"`
	Link      string `json:"adresse"`
}

// Run searches the memory.
func (c questionsListCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		found, err := a.Governance.Questions(e.ctx, v, governance.Search{Text: c.Text, Duty: c.Duty, Open: c.Open})
		if err != nil {
			return err
		}
		list := []jsonHelp{}
		for _, q := range found {
			sort := "question"
			if q.Definition {
				sort = "indicateur"
			}
			list = append(list, jsonHelp{q.ID, sort, q.Subject, q.Text, q.Duty, q.By, dayOf(q.At), q.Answer, q.AnsweredBy, q.StepLabel(), q.Indicator, q.Link})
		}
		if c.JSON {
			return asJSON(e.out, list)
		}
		for _, q := range list {
			state := "répondue"
			if q.Answer == "" {
				state = orKept(q.Step, "en attente")
			}
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\t%s\n", q.ID, q.Of, q.At, state, q.Subject)
		}
		return nil
	})
}

type questionsShowCmd struct {
	asFlag
	ID int64 `arg:"" name:"numéro" help:"Numéro de la question."`
}

// Run shows one.
func (c questionsShowCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		q, err := a.Governance.Question(e.ctx, v, c.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s (%s)\n%s\n%s, le %s\n", q.Subject, q.DutyLabel, q.Text, q.By, belvedere.ShortDate(q.At))
		if q.Answer != "" {
			fmt.Fprintf(e.out, "\n%s\n%s, le %s\n", q.Answer, q.AnsweredBy, belvedere.ShortDate(q.Answered))
		}
		return nil
	})
}

type questionsAskCmd struct {
	asFlag
	Subject   string `arg:"" name:"objet" help:"Objet."`
	Text      string `arg:"" name:"question" help:"Question."`
	Duty      string `name:"responsabilite" help:"À qui." default:"assistance" placeholder:"CODE"`
	School    string `name:"etablissement" help:"UAI." placeholder:"UAI"`
	Rule      int64  `name:"regle" help:"À propos d’une règle." placeholder:"NUMÉRO"`
	Indicator string `name:"indicateur" help:"À propos d’un indicateur." placeholder:"CODE"`
}

// Run asks.
func (c questionsAskCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		q, err := a.Governance.Ask(e.ctx, v, governance.QuestionForm{Subject: c.Subject, Text: c.Text, Duty: c.Duty, School: c.School, Rule: c.Rule, Indicator: c.Indicator})
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, fmt.Sprintf("question %d", q.ID), "posée à "+q.Duty)
		fmt.Fprintf(e.out, "%d\n", q.ID)
		return nil
	})
}

type questionsAnswerCmd struct {
	asFlag
	ID   int64  `arg:"" name:"numéro" help:"Numéro de la question."`
	Text string `arg:"" name:"réponse" help:"Réponse."`
}

// Run answers.
func (c questionsAnswerCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		q, err := a.Governance.Answer(e.ctx, v, c.ID, c.Text)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, fmt.Sprintf("question %d", q.ID), "répondue")
		return nil
	})
}

type trainingsCmd struct {
	List     trainingsListCmd     `cmd:"" default:"withargs" help:"Lister les sessions."`
	Add      trainingsAddCmd      `cmd:"" help:"Ajouter une session."`
	Register trainingsRegisterCmd `cmd:"" help:"Inscrire quelqu’un."`
	Attend   trainingsAttendCmd   `cmd:"" help:"Dire qui est venu."`
	Missing  trainingsMissingCmd  `cmd:"" help:"Dire qui n’est pas encore formé pour son habilitation."`
	Export   trainingsExportCmd   `cmd:"" help:"Écrire les sessions et leurs inscrits en CSV."`
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
