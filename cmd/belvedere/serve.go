package main

import (
	"fmt"

	"belvedere"
	"belvedere/internal/app"
)

type serveCmd struct {
	Listen  string   `help:"Adresse d’écoute ; au-delà de cette machine, un certificat ou un serveur mandataire est exigé." placeholder:"HÔTE:PORT"`
	URL     string   `name:"url" help:"Adresse publique, que nomment les liens et les courriels." placeholder:"HTTPS://HÔTE"`
	TLSCert string   `name:"tls-cert" help:"Certificat (PEM)." placeholder:"FICHIER" type:"existingfile"`
	TLSKey  string   `name:"tls-key" help:"Clé du certificat (PEM)." placeholder:"FICHIER" type:"existingfile"`
	Proxies []string `help:"Adresses ou réseaux des serveurs mandataires à croire." placeholder:"RÉSEAUX"`
	Monitor string   `help:"Adresse à part pour /metrics et /sante." placeholder:"HÔTE:PORT"`
	Demo    bool     `help:"Charger d’abord le département fictif si le dossier des données est vide, et imprimer les liens de ses comptes."`
}

// Run serves until it is told to stop.
func (c *serveCmd) Run(e *env) error {
	for _, f := range []struct {
		from string
		into *string
	}{{c.Listen, &e.config.Listen}, {c.URL, &e.config.URL}, {c.TLSCert, &e.config.TLSCert}, {c.TLSKey, &e.config.TLSKey}, {c.Monitor, &e.config.Monitor}} {
		if f.from != "" {
			*f.into = f.from
		}
	}
	if len(c.Proxies) > 0 {
		e.config.Proxies = c.Proxies
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
			fmt.Fprintf(e.out, "Belvédère %s répond sur %s/\n", belvedere.Version, address)
			links := printFirstLink
			if c.Demo {
				links = printDemoLinks
			}
			if err := links(e, a); err != nil {
				e.log.Error("the links could not be printed", "err", err)
			}
		})
	})
}
