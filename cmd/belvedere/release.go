package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/territory/diffusion"
)

type releaseCmd struct {
	Show    releaseShowCmd    `cmd:"" help:"Dire les règles du secret statistique, et ce qui attend."`
	Set     releaseSetCmd     `cmd:"" help:"Fixer les règles : seuils, classes d’indicateurs, calendrier."`
	Preview releasePreviewCmd `cmd:"" help:"Dire combien de chiffres des règles masqueraient, sans rien fixer."`
	Now     releaseNowCmd     `cmd:"" help:"Diffuser tout de suite ce qui attend le calendrier."`
	List    releaseListCmd    `cmd:"" help:"Lister les diffusions."`
}

// secrecyFlags are rules over those in force.
type secrecyFlags struct {
	Class     []string `help:"Seuil d’une classe : 10=11. Il ne peut que monter." sep:"none" placeholder:"CLASSE=SEUIL"`
	Indicator []string `help:"Classe d’un indicateur : absences=5. Elle ne peut que monter." sep:"none" placeholder:"CODE=CLASSE"`
	Calendar  string   `name:"calendrier" help:"Quand les corrections entrent : mensuel, hebdomadaire ou quotidien." placeholder:"CALENDRIER"`
	JSON      bool     `name:"json" help:"Pour les programmes."`
}

func (f secrecyFlags) rules(e *env, a *app.App) (diffusion.Rules, error) {
	floors, err := pairs("--class", f.Class)
	if err != nil {
		return diffusion.Rules{}, err
	}
	classes, err := pairs("--indicator", f.Indicator)
	if err != nil {
		return diffusion.Rules{}, err
	}
	now, err := a.Releases.Rules(e.ctx)
	if err != nil {
		return diffusion.Rules{}, err
	}
	return now.Set(floors, classes, f.Calendar)
}

// pairs reads what a flag says as name=value.
func pairs(flag string, list []string) (map[string]string, error) {
	out := map[string]string{}
	for _, text := range list {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" || value == "" {
			return nil, misuse{fmt.Errorf("%s : %q doit s’écrire nom=valeur", flag, text)}
		}
		out[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return out, nil
}

// secrecyWire is the rules and what waits, for programs.
type secrecyWire struct {
	Floors   map[string]float64 `json:"seuils"`
	Classes  map[string]string  `json:"indicateurs"` // protected ones only
	Calendar string             `json:"calendrier"`
	Next     string             `json:"prochaine_date"`
	Waiting  []waitWire         `json:"en_attente"`
}

type waitWire struct {
	Dataset string `json:"jeu"`
	Year    int    `json:"annee"`
}

func (f secrecyFlags) print(e *env, a *app.App) error {
	status, err := a.Releases.Status(e.ctx)
	if err != nil {
		return err
	}
	wire := secrecyWire{Floors: status.Rules.ClassFloors(), Classes: map[string]string{}, Calendar: string(status.Rules.Calendar), Next: status.Next.Format(time.DateOnly), Waiting: []waitWire{}}
	if wire.Calendar == "" {
		wire.Calendar = string(diffusion.Monthly)
	}
	for _, w := range status.Waiting {
		wire.Waiting = append(wire.Waiting, waitWire{w.Dataset, int(w.Year)})
	}
	for _, ind := range a.Model.Indicators {
		if ind.Value != nil && status.Rules.Floor(ind) > 0 {
			wire.Classes[ind.Code] = status.Rules.Class(ind)
		}
	}
	if f.JSON {
		return json.NewEncoder(e.out).Encode(wire)
	}
	for _, class := range diffusion.Classes[1:] {
		fmt.Fprintf(e.out, "classe %s\tseuil de %v personnes\n", class, wire.Floors[class])
	}
	fmt.Fprintf(e.out, "calendrier\t%s (%s), prochaine date %s\n", wire.Calendar, status.Rules.Calendar.Label(), belvedere.ShortDate(status.Next))
	for _, ind := range a.Model.Indicators {
		if class, ok := wire.Classes[ind.Code]; ok {
			fmt.Fprintf(e.out, "%s\tclasse %s\tdéclarée %s\t%s\n", ind.Code, class, diffusion.ClassLabel(ind.Secrecy), ind.Label)
		}
	}
	for _, w := range status.Waiting {
		fmt.Fprintf(e.out, "en attente\t%s\t%s\n", w.Dataset, w.Year)
	}
	return nil
}

type releaseShowCmd struct {
	JSON bool `name:"json" help:"Pour les programmes."`
}

// Run prints rules and what waits.
func (c releaseShowCmd) Run(e *env) error {
	return e.with(func(a *app.App) error { return secrecyFlags{JSON: c.JSON}.print(e, a) })
}

type releaseSetCmd struct{ secrecyFlags }

// Run sets rules. Beside a server, which holds the warehouse, the server releases by them before it
// answers again.
func (c releaseSetCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		rules, err := c.rules(e, a)
		if err != nil {
			return err
		}
		changes, err := a.Releases.ReplaceRules(e.ctx, "", rules)
		if err != nil {
			return err
		}
		if len(changes) > 0 {
			a.Note(e.ctx, audit.Secrecy, "secret statistique", strings.Join(changes, ", "))
		}
		for _, change := range changes {
			if !e.quiet {
				fmt.Fprintln(e.err, change)
			}
		}
		return c.print(e, a)
	})
}

type releasePreviewCmd struct{ secrecyFlags }

// Run says what rules would hide.
func (c releasePreviewCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		rules, err := c.rules(e, a)
		if err != nil {
			return err
		}
		p, err := a.Releases.Preview(e.ctx, rules)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(e.out).Encode(p)
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "MESURE\tANNÉE\tSEUIL\tENSUITE\tCHIFFRES\tMASQUÉS\tENSUITE\tCLASSE 5\tCLASSE 10")
		for _, l := range p.Lines {
			fmt.Fprintf(w, "%s\t%s\t%v\t%v\t%d\t%d\t%d\t%d\t%d\n", l.Label, l.Year, l.Floor, l.Next, l.Cells, l.Today, l.Then, l.Classes["5"], l.Classes["10"])
		}
		fmt.Fprintf(w, "Ensemble\t\t\t\t%d\t%d\t%d\t%d\t%d\n", p.Total.Cells, p.Total.Today, p.Total.Then, p.Total.Classes["5"], p.Total.Classes["10"])
		return w.Flush()
	})
}

type releaseNowCmd struct{}

// Run lets in what waits for the calendar.
func (releaseNowCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		if err := a.Releases.Release(e.ctx); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Secrecy, "secret statistique", "diffusion demandée")
		status, err := a.Releases.Status(e.ctx)
		if err != nil {
			return err
		}
		last := status.Releases[len(status.Releases)-1]
		fmt.Fprintf(e.out, "diffusion %d\n", last.Number)
		for _, w := range status.Waiting {
			fmt.Fprintf(e.out, "attend encore\t%s\t%s\n", w.Dataset, w.Year)
		}
		return nil
	})
}

type releaseListCmd struct {
	JSON bool `name:"json" help:"Pour les programmes."`
}

// releaseWire is a release for programs.
type releaseWire struct {
	Number  int        `json:"diffusion"`
	Edition int        `json:"edition"`
	At      time.Time  `json:"le"`
	Reason  string     `json:"motif"`
	Sheets  []waitWire `json:"feuilles"`
}

// Run lists releases, the newest first.
func (c releaseListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		list, err := a.Registry.ListReleases(e.ctx)
		if err != nil {
			return err
		}
		wire := []releaseWire{}
		for _, r := range slices.Backward(list) {
			one := releaseWire{Number: r.Number, Edition: r.Edition, At: r.At, Reason: r.Reason, Sheets: []waitWire{}}
			for _, n := range r.Sheets {
				one.Sheets = append(one.Sheets, waitWire{n.Dataset, int(n.Year)})
			}
			wire = append(wire, one)
		}
		if c.JSON {
			return json.NewEncoder(e.out).Encode(wire)
		}
		zone := e.config.Location()
		for _, r := range wire {
			fmt.Fprintf(e.out, "diffusion %d\tédition %d\t%s\t%s\t%s\n", r.Number, r.Edition, r.At.In(zone).Format("2006-01-02 15:04"), r.Reason, belvedere.Plural(len(r.Sheets), "feuille", "feuilles"))
		}
		return nil
	})
}
