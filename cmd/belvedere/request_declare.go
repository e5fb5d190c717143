package main

import (
	"fmt"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
)

type requestProceduresCmd struct {
	JSON bool `name:"json" help:"En JSON."`
}

type procedureJSON struct {
	Code     string `json:"code"`
	Label    string `json:"intitule"`
	Public   bool   `json:"publique"`
	Shipped  bool   `json:"du_catalogue"`
	Open     bool   `json:"ouverte"`
	Campaign string `json:"campagne,omitempty"`
}

// Run lists the procedures that may be filed.
func (c requestProceduresCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		list, err := a.Procedures.Procedures(e.ctx)
		if err != nil {
			return err
		}
		out := []procedureJSON{}
		for _, p := range list {
			open, says := a.Procedures.Opening(p)
			out = append(out, procedureJSON{p.Code, p.Label, p.Public, a.Procedures.Ships(p.Code), open, says})
		}
		if c.JSON {
			return e.json(out)
		}
		for _, p := range out {
			fmt.Fprintf(e.out, "%s\t%s\t%s\n", p.Code, p.Label, p.Campaign)
		}
		return nil
	})
}

type requestDeclareCmd struct {
	File string `arg:"" name:"fichier" help:"Déclaration en YAML ; - pour l’entrée standard." placeholder:"FICHIER"`
}

// Run takes a procedure into use, without a restart.
func (c requestDeclareCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		text, err := readText(e, c.File)
		if err != nil {
			return err
		}
		p, err := a.Procedures.Declare(e.ctx, byOperator(), c.File, text+"\n")
		if err != nil {
			return belvedere.WrapError(belvedere.Invalid, err, "%v", err)
		}
		a.Note(e.ctx, audit.Request, "procédure "+p.Code, fmt.Sprintf("déclarée, révision %d", p.Revision))
		_, err = fmt.Fprintf(e.out, "%s\trévision %d\n", p.Code, p.Revision)
		return err
	})
}

type requestUndeclareCmd struct {
	Code string `arg:"" name:"code" help:"Code d’une procédure déclarée ainsi."`
}

// Run takes a procedure out of use.
func (c requestUndeclareCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		if err := a.Procedures.WithdrawProcedure(e.ctx, byOperator(), c.Code); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Request, "procédure "+c.Code, "retirée")
		return nil
	})
}
