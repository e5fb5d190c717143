package app

import (
	"context"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/config"
	"belvedere/internal/dashboard"
	"belvedere/internal/export"
	"belvedere/internal/notice"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/semantic"
)

// Dashboards loads and checks the declared dashboards, with those of the deployment's own folder.
func Dashboards(c config.Config, m *belvedere.Model) ([]*belvedere.Dashboard, error) {
	sources := []fs.FS{catalog.Dashboards}
	if c.Catalog != "" {
		dir, err := filepath.Abs(c.Catalog)
		if err != nil {
			return nil, err
		}
		sources = append(sources, os.DirFS(dir))
	}
	list, err := semantic.LoadDashboards(m, dashboard.CheckTile(m), sources...)
	if err != nil {
		return nil, belvedere.Errorf(belvedere.Invalid, "les tableaux de bord déclarés sont à corriger :\n%v", err)
	}
	return list, nil
}

// openDashboards builds what composes and answers dashboards.
func (a *App) openDashboards(context.Context) error {
	list, err := Dashboards(a.Config, a.Model)
	if err != nil {
		return err
	}
	a.Dashboards = dashboard.New(dashboard.Config{
		Registry: a.Registry, Shipped: list, Model: a.Model, Now: a.clock(),
		Reports: func() *report.Reporter { return a.Reporter },
	})
	return nil
}

// DashboardFile writes an answered dashboard as a file: csv (an archive), xlsx or pdf.
func (a *App) DashboardFile(ctx context.Context, w io.Writer, format string, x *dashboard.Answer) (contentType, name string, err error) {
	f, err := export.ParseFormat(format)
	if err != nil || !slices.Contains(export.DashboardFormats, f) {
		return "", "", belvedere.Errorf(belvedere.Invalid, "format inconnu : un tableau de bord s’écrit en csv, xlsx ou pdf")
	}
	d, err := a.dashboardFile(ctx, x)
	if err != nil {
		return "", "", err
	}
	contentType, name = export.DashboardFile(f, d)
	return contentType, name, export.WriteDashboard(w, f, d)
}

// dashboardFile lays an answered dashboard out for files.
func (a *App) dashboardFile(ctx context.Context, x *dashboard.Answer) (export.Dashboard, error) {
	d := export.Dashboard{Heading: x.Bar.Heading, Description: x.Description, Model: a.shownBy()}
	d.Heading.Site = strings.TrimSuffix(a.Config.URL, "/")
	for i := range x.Tiles {
		t := &x.Tiles[i]
		part := export.Part{Name: t.Title, Text: t.Text, Titled: t.Kind == belvedere.HeadingTile, Err: t.Err, Width: t.Width, Height: t.Height}
		for _, n := range t.Apart {
			part.Notes = append(part.Notes, "filtre sans effet ici – "+n)
		}
		if r := t.Result(); r != nil {
			table, err := a.table(ctx, r, t.Heading())
			if err != nil {
				return d, err
			}
			part.Table, part.Name, d.Edition = table, t.Name(), r.Edition
			part.Notes = append(part.Notes, r.Notes...)
		} else if t.Kind.Asks() && t.Err == "" {
			part.Err = "Rien n’est encore publié pour cet élément."
		}
		if t.Figure != nil && len(t.Figure.Figures) > 0 {
			part.Figure = figureOf(t.Figure.Figures[0])
		}
		if t.View != nil {
			switch t.View.State.Shape {
			case report.AsLines, report.AsBars, report.AsStacks:
				part.Chart = string(t.View.State.Shape)
			}
		}
		d.Parts = append(d.Parts, part)
	}
	return d, nil
}

func figureOf(f report.FigureView) *export.Figure {
	out := &export.Figure{Column: f.Column, Cell: f.Cell, Change: f.Delta, ChangeSay: f.DeltaWords, Coverage: f.Coverage}
	for _, p := range f.Trend {
		out.Trend = append(out.Trend, p.Cell)
	}
	return out
}

// sentBoards are the dashboards as sendings write them.
type sentBoards struct{ app *App }

// Holds tells whether an address is that of one dashboard.
func (sentBoards) Holds(path string) bool {
	ref, found := strings.CutPrefix(path, dashboard.Path+"/")
	return found && ref != "" && !strings.Contains(ref, "/")
}

func (b sentBoards) find(ctx context.Context, v belvedere.Viewer, u *url.URL) (*dashboard.Board, error) {
	return b.app.Dashboards.Find(ctx, v, strings.TrimPrefix(u.Path, dashboard.Path+"/"))
}

// Title names a dashboard.
func (b sentBoards) Title(ctx context.Context, v belvedere.Viewer, u *url.URL) (string, error) {
	board, err := b.find(ctx, v, u)
	if err != nil {
		return "", err
	}
	return board.Title, nil
}

// File writes a dashboard with the figures of a viewer; one that shows nothing is not worth a letter.
func (b sentBoards) File(ctx context.Context, v belvedere.Viewer, u *url.URL, format string, into io.Writer) (f notice.File, err error) {
	board, err := b.find(ctx, v, u)
	if err != nil {
		return f, err
	}
	x, err := b.app.Dashboards.Answer(ctx, v, board, u.Query(), true)
	if err != nil {
		return f, err
	}
	f.Title = strings.TrimSuffix(x.Bar.Heading.Title+", "+x.Bar.Heading.Selection, ", ")
	if f.Shows = x.Shows(); !f.Shows {
		return f, nil
	}
	f.Type, f.Name, err = b.app.DashboardFile(ctx, into, format, x)
	return f, err
}
