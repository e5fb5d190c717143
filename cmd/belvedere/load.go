package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
)

type loadCmd struct {
	Args   []string `arg:"" name:"fichier" help:"Fichiers à charger ; le nom d’un jeu de données ou d’un format peut les précéder."`
	As     string   `help:"Jeu de données ou format, quand les en-têtes ne suffisent pas." placeholder:"NOM"`
	Source string   `help:"Qui livre." default:"fichier"`
	JSON   bool     `name:"json" help:"Répondre en JSON."`
}

// Run delivers the files and publishes them as one edition.
func (c *loadCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		as, files := c.As, c.Args
		if as == "" && len(files) > 1 && !exists(files[0]) && (a.Model.Dataset(files[0]) != nil || hasForm(a.Model, files[0])) {
			as, files = files[0], files[1:]
		}
		for _, f := range files {
			if !exists(f) {
				return misuse{fmt.Errorf("le fichier %s n’existe pas", f)}
			}
		}
		seqs, err := acceptFiles(e, a, files, as, c.Source)
		if err != nil {
			return err
		}
		done, err := process(e, a, seqs, c.JSON)
		if err != nil {
			return err
		}
		return printDeliveries(e, a, done, c.JSON)
	})
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func hasForm(m *belvedere.Model, code string) bool {
	for _, f := range m.Forms {
		if f.Code == code {
			return true
		}
	}
	return false
}

// acceptFiles puts each file in the landing folder and the registry.
func acceptFiles(e *env, a *app.App, files []string, as, source string) ([]int64, error) {
	var seqs []int64
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, belvedere.WrapError(belvedere.Invalid, err, "le fichier %s ne peut pas être lu", name)
		}
		d, replayed, err := a.Ingest.Accept(e.ctx, ingest.Submission{Source: source, Dataset: as, FileName: filepath.Base(name), Body: f})
		if closing := f.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return nil, err
		}
		if replayed && !e.quiet {
			fmt.Fprintf(e.err, "%s : déjà livré (livraison %d), rien ne change.\n", filepath.Base(name), d.Seq)
		}
		seqs = append(seqs, d.Seq)
	}
	return seqs, nil
}

// process publishes here, or waits for the process that holds the warehouse to do it.
func process(e *env, a *app.App, seqs []int64, silent bool) ([]belvedere.Delivery, error) {
	bar := newBar(e, silent)
	defer bar.finish()
	if a.Engine != nil {
		if _, err := a.Ingest.Process(e.ctx, seqs, bar.show); err != nil {
			return nil, err
		}
	} else if !e.quiet {
		fmt.Fprintln(e.err, "Le serveur tient l’entrepôt : il publie ces fichiers.")
	}
	done := make([]belvedere.Delivery, len(seqs))
	for i, seq := range seqs {
		for {
			d, err := a.Registry.Delivery(e.ctx, seq)
			if err != nil {
				return nil, err
			}
			bar.show(d)
			if d.State.Final() {
				done[i] = d
				break
			}
			select {
			case <-e.ctx.Done():
				return nil, e.ctx.Err()
			case <-time.After(200 * time.Millisecond):
			}
		}
	}
	return done, nil
}

// bar shows the progress of the running delivery, on a terminal only.
type bar struct {
	bar *progressbar.ProgressBar
	seq int64
	on  bool
	e   *env
}

func newBar(e *env, silent bool) *bar {
	return &bar{e: e, on: !silent && !e.quiet && watched(e.err)}
}

func (b *bar) show(d belvedere.Delivery) {
	if !b.on || d.Progress.Total <= 0 {
		return
	}
	if b.bar == nil || b.seq != d.Seq {
		b.finish()
		b.seq = d.Seq
		b.bar = progressbar.NewOptions64(d.Progress.Total, progressbar.OptionSetWriter(b.e.err), progressbar.OptionShowBytes(true),
			progressbar.OptionSetDescription(d.FileName), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	_ = b.bar.Set64(min(d.Progress.Done, d.Progress.Total)) // a bar that cannot be drawn is no failure
}

func (b *bar) finish() {
	if b.bar != nil {
		_ = b.bar.Finish()
		b.bar = nil
	}
}

// printDeliveries says what became of each file; one refusal makes the command fail.
func printDeliveries(e *env, a *app.App, done []belvedere.Delivery, asJSON bool) error {
	refused := 0
	for _, d := range done {
		if d.State == belvedere.Refused {
			refused++
		}
	}
	if asJSON {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		if err := enc.Encode(deliveriesJSON(done)); err != nil {
			return err
		}
	} else if err := writeDeliveries(e, a, done, firstFaults); err != nil {
		return err
	}
	if refused > 0 {
		return belvedere.Errorf(belvedere.Invalid, "%s ; les chiffres publiés avant restent en place", belvedere.Plural(refused, "fichier refusé", "fichiers refusés"))
	}
	return nil
}

// firstFaults is how many faults of a file are told at once after loading it.
const firstFaults = 5

// writeDeliveries says what became of each file, with its first faults.
func writeDeliveries(e *env, a *app.App, done []belvedere.Delivery, most int) error {
	for _, d := range done {
		what := d.Dataset
		if d.Form != "" {
			what = d.Form
		}
		fmt.Fprintf(e.out, "%d  %s  %s  %s  %s, %s", d.Seq, d.FileName, what, d.State.Label(), counted(d.Rows, "lue"), counted(d.Kept, "gardée"))
		if d.Set > 0 {
			fmt.Fprintf(e.out, ", %s", counted(d.Set, "écartée"))
		}
		if d.Faults > 0 {
			fmt.Fprintf(e.out, ", %s en erreur", count(d.Faults))
		}
		if d.Warnings > 0 {
			fmt.Fprintf(e.out, ", %s", belvedere.Plural(int(d.Warnings), "avertissement", "avertissements"))
		}
		if d.Edition > 0 {
			fmt.Fprintf(e.out, ", édition %d", d.Edition)
		}
		fmt.Fprintln(e.out)
		if d.Reason != "" {
			fmt.Fprintf(e.out, "   %s\n", d.Reason)
		}
		if err := writeFaults(e, a.Registry, d.Seq, most); err != nil {
			return err
		}
	}
	return nil
}

func count(n int64) string { return belvedere.Plural(int(n), "ligne", "lignes") }

// counted is "1 ligne lue" or "3 lignes lues".
func counted(n int64, done string) string {
	return belvedere.Plural(int(n), "ligne "+done, "lignes "+done+"s")
}

// writeFaults prints the first faults of a delivery with their place and mend.
func writeFaults(e *env, r registry.Registry, seq int64, most int) error {
	faults, total, err := r.Faults(e.ctx, seq, registry.Page{Limit: most})
	if err != nil {
		return err
	}
	for _, f := range faults {
		fmt.Fprintf(e.out, "   %s : %s\n", f.Severity, f.Error())
		if f.Mend != "" {
			fmt.Fprintf(e.out, "      %s\n", f.Mend)
		}
	}
	if total > len(faults) {
		fmt.Fprintf(e.out, "   … et %d de plus : belvedere delivery show %d\n", total-len(faults), seq)
	}
	return nil
}

type deliveryCmd struct {
	List deliveryListCmd `cmd:"" default:"1" help:"Lister les livraisons, la dernière d’abord."`
	Show deliveryShowCmd `cmd:"" help:"Voir une livraison : état, tranches remplacées, défauts."`
}

type deliveryListCmd struct {
	Limit int  `help:"Nombre de livraisons." default:"20"`
	JSON  bool `name:"json" help:"Répondre en JSON."`
}

// Run lists the last deliveries.
func (c deliveryListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		list, _, err := a.Registry.List(e.ctx, registry.DeliveryFilter{}, registry.Page{Limit: c.Limit})
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(e.out).Encode(deliveriesJSON(list))
		}
		for _, d := range list {
			fmt.Fprintf(e.out, "%6d  %s  %-10s  %-20s  %s\n", d.Seq, d.Received.In(a.Config.Location()).Format("02/01/2006 15:04"), d.State.Label(), d.Dataset, d.FileName)
		}
		return nil
	})
}

type deliveryShowCmd struct {
	Seq  int64 `arg:"" name:"numero" help:"Numéro de la livraison."`
	JSON bool  `name:"json" help:"Répondre en JSON."`
}

// Run shows one delivery.
func (c deliveryShowCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		d, err := a.Registry.Delivery(e.ctx, c.Seq)
		if err != nil {
			return err
		}
		slices, err := a.Registry.Slices(e.ctx, c.Seq)
		if err != nil {
			return err
		}
		if c.JSON {
			faults, _, err := a.Registry.Faults(e.ctx, c.Seq, registry.Page{})
			if err != nil {
				return err
			}
			return json.NewEncoder(e.out).Encode(map[string]any{"livraison": deliveryJSON(d), "tranches": slices, "defauts": faults})
		}
		if err := writeDeliveries(e, a, []belvedere.Delivery{d}, registry.MostFaults); err != nil {
			return err
		}
		for _, s := range slices {
			fmt.Fprintf(e.out, "   tranche %s : %s", s.Slice, count(s.Rows))
			if s.Replaced > 0 {
				fmt.Fprintf(e.out, ", remplace la livraison %d", s.Replaced)
			}
			fmt.Fprintln(e.out)
		}
		return nil
	})
}

func deliveriesJSON(list []belvedere.Delivery) []map[string]any {
	out := make([]map[string]any, 0, len(list))
	for _, d := range list {
		out = append(out, deliveryJSON(d))
	}
	return out
}

func deliveryJSON(d belvedere.Delivery) map[string]any {
	return map[string]any{
		"numero": d.Seq, "id": d.ID, "source": d.Source, "jeu": d.Dataset, "format": d.Form, "fichier": d.FileName,
		"sha256": d.SHA256, "taille": d.Size, "etat": string(d.State), "motif": d.Reason, "lignes": d.Rows, "gardees": d.Kept,
		"ecartees": d.Set, "erreurs": d.Faults, "avertissements": d.Warnings, "edition": d.Edition,
	}
}

// watched tells whether a person looks at what is written.
func watched(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
