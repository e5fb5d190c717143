package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/schollz/progressbar/v3"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/territory/report"
)

type replayCmd struct {
	Code   string `arg:"" name:"code" help:"Code du reçu, comme il est écrit sous le tableau : 7KQ2-M9XD."`
	As     string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
	Format string `help:"csv, tableur, json, xlsx, pdf ou parquet." default:"csv"`
	JSON   bool   `name:"json" help:"Dire en JSON ce que le reçu nomme et ce qui a changé, sans le résultat."`
	Output string `help:"Fichier à écrire, sinon la sortie standard." short:"o" placeholder:"FICHIER"`
}

// errChanged is the end of a replay that is not the same: what may be seen was written.
var errChanged = belvedere.Errorf(belvedere.Conflict, "ce résultat n’est plus celui du reçu")

// Run gives the same bytes again, or says what has changed and gives what may be seen.
func (c *replayCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		if a.Engine == nil {
			return c.remote(e, a)
		}
		viewer, err := viewer(e, a, c.As)
		if err != nil {
			return err
		}
		p, err := a.Reporter.Replay(e.ctx, viewer, c.Code)
		if err != nil {
			return err
		}
		var buf bytes.Buffer
		if c.JSON {
			err = p.WriteJSON(&buf)
		} else if err = a.Write(e.ctx, &buf, c.Format, p.Result, p.Heading); err == nil && !e.quiet {
			err = p.WriteText(e.err)
		}
		if err != nil {
			return err
		}
		return c.end(e, buf.Bytes(), p.Same)
	})
}

func (c *replayCmd) end(e *env, body []byte, same bool) error {
	if err := output(e, c.Output, body); err != nil || same {
		return err
	}
	return errChanged
}

// remote asks the running server: what the receipt is, then its file.
func (c *replayCmd) remote(e *env, a *app.App) error {
	address := "/api/v1/recus/" + url.PathEscape(c.Code)
	state, _, err := a.Ask(e.ctx, address, c.As)
	if err != nil {
		return err
	}
	var said struct {
		Same bool `json:"identique"`
	}
	if err := json.Unmarshal(state, &said); err != nil {
		return err
	}
	if c.JSON {
		return c.end(e, state, said.Same)
	}
	body, _, err := a.Ask(e.ctx, address+"?"+url.Values{"format": {c.Format}}.Encode(), c.As)
	if err != nil {
		return err
	}
	if !e.quiet {
		text, _, err := a.Ask(e.ctx, address+"?format=texte", c.As)
		if err != nil {
			return err
		}
		fmt.Fprint(e.err, string(text))
	}
	return c.end(e, body, said.Same)
}

type verifyCmd struct {
	Last  int    `help:"Combien de reçus rejouer, les plus récents." default:"200" placeholder:"N"`
	Since string `help:"Ne rejouer que les reçus établis depuis ce jour (2026-11-30)." placeholder:"JOUR"`
	JSON  bool   `name:"json" help:"Écrire du JSON."`
}

// Run answers the recent receipts again and compares their hashes.
func (c *verifyCmd) Run(e *env) error {
	since, err := c.since(e)
	if err != nil {
		return err
	}
	return e.with(func(a *app.App) error {
		if a.Engine == nil {
			return c.remote(e, a)
		}
		v, err := a.Reporter.Verify(e.ctx, since, c.Last, c.bar(e))
		if err != nil {
			return err
		}
		if c.JSON {
			err = v.WriteJSON(e.out)
		} else {
			err = v.WriteText(e.out)
		}
		if err != nil || v.Sound() {
			return err
		}
		return errMoved
	})
}

// errMoved is the end of a verification that found figures which moved by themselves.
var errMoved = belvedere.Errorf(belvedere.Conflict, "des résultats ont changé sans que personne ne l’ait voulu")

// since is the day from which receipts are verified, in the territory.
func (c *verifyCmd) since(e *env) (time.Time, error) {
	if c.Since == "" {
		return time.Time{}, nil
	}
	day, err := belvedere.ParseDate(c.Since)
	if err != nil {
		return day, misuse{fmt.Errorf("--since : %w", err)}
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, e.config.Location()), nil
}

// bar shows how far the work is, to whoever watches.
func (c *verifyCmd) bar(e *env) func(done, all int) {
	if e.quiet || !watched(e.err) {
		return nil
	}
	var bar *progressbar.ProgressBar
	return func(done, all int) {
		if bar == nil {
			bar = progressbar.NewOptions(all, progressbar.OptionSetWriter(e.err), progressbar.OptionSetDescription("Reçus"),
				progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
		}
		_ = bar.Set(done + 1)
	}
}

// remote has the running server do it.
func (c *verifyCmd) remote(e *env, a *app.App) error {
	v := url.Values{"derniers": {strconv.Itoa(c.Last)}, "depuis": {c.Since}}
	body, _, err := a.Ask(e.ctx, "/api/v1/verification-recus?"+v.Encode(), "")
	if err != nil {
		return err
	}
	var said struct {
		report.Verification
		Sound bool `json:"sain"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return errors.Join(errors.New("the server answered something else"), err)
	}
	if c.JSON {
		_, err = e.out.Write(body)
	} else {
		err = said.WriteText(e.out)
	}
	if err != nil || said.Sound {
		return err
	}
	return errMoved
}
