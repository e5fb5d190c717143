package main

import (
	"fmt"

	"belvedere"
	"belvedere/internal/app"
)

type serveCmd struct {
	Listen string `help:"Adresse d’écoute, locale tant que les comptes n’existent pas." placeholder:"HÔTE:PORT"`
	Demo   bool   `help:"Charger d’abord le département fictif si le dossier des données est vide."`
}

// Run serves until it is told to stop.
func (c *serveCmd) Run(e *env) error {
	if c.Listen != "" {
		e.config.Listen = c.Listen
	}
	return e.alone(func(a *app.App) error {
		if c.Demo {
			empty, err := nothingDelivered(e, a)
			if err != nil {
				return err
			}
			if empty {
				if err := loadDemo(e, a, demoCmd{Seed: defaultSeed}); err != nil {
					return err
				}
			}
		}
		return a.Serve(e.ctx, func(address string) {
			fmt.Fprintf(e.out, "Belvédère %s répond sur http://%s/\n", belvedere.Version, address)
		})
	})
}
