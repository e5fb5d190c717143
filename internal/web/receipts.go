package web

import (
	"context"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"belvedere"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const receiptsPath = "/recus"

// Receipts answers receipts again, for whoever may see them.
type Receipts interface {
	// Replay answers a receipt for a viewer: NotFound for one of which the viewer may see nothing.
	Replay(ctx context.Context, viewer belvedere.Viewer, code string) (*report.Replay, error)
	// Verified is what came of the last verification of the recent receipts, nil before the first.
	Verified(ctx context.Context) (*report.Verification, error)
	// VerifyReceipts makes one.
	VerifyReceipts(ctx context.Context) error
}

// receiptRoutes replay results by the code that stands under them.
func (s *server) receiptRoutes() []route {
	if s.Receipts == nil {
		return nil
	}
	return []route{
		get(receiptsPath, signedIn, "consultation", s.receipts),
		post(receiptsPath+"/verification", administrator, "verification", s.verifyReceipts),
		get("/recu/{code}", signedIn, "consultation", s.receipt),
	}
}

// receipts asks for a code and leads to its page; administrators also see whether the recent
// receipts still give their results.
func (s *server) receipts(w http.ResponseWriter, r *http.Request) error {
	typed := strings.TrimSpace(r.URL.Query().Get("code"))
	if code := report.ReadCode(typed); code != "" {
		http.Redirect(w, r, "/recu/"+code, http.StatusSeeOther)
		return nil
	}
	p := pages.Receipts{Frame: s.frame(r, "Reçus"), Typed: clean(typed, 40)}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Reçus"})
	if p.Manages, _ = administrator.allows(viewerOf(r)); p.Manages {
		v, err := s.Receipts.Verified(r.Context())
		if err != nil {
			return err
		}
		if p.Verified = v; v != nil {
			v.At = v.At.In(s.Zone)
		}
	}
	return s.write(w, r, http.StatusOK, pages.ReceiptsPage(p))
}

// verifyReceipts answers the recent receipts again, now.
func (s *server) verifyReceipts(w http.ResponseWriter, r *http.Request) error {
	if err := s.Receipts.VerifyReceipts(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, receiptsPath, http.StatusSeeOther)
	return nil
}

// receipt shows a receipt answered again, or gives its file.
func (s *server) receipt(w http.ResponseWriter, r *http.Request) error {
	viewer := viewerOf(r)
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	replay, err := s.Receipts.Replay(r.Context(), viewer, r.PathValue("code"))
	if err != nil {
		return err
	}
	traceOf(r).covers(viewer.Scope, replay.Schools)
	if format := r.URL.Query().Get("format"); format != "" && s.Export != nil {
		return s.receiptFile(w, r, replay, format)
	}
	if code := replay.Receipt.Code; code != r.PathValue("code") { // as it was typed
		http.Redirect(w, r, "/recu/"+url.PathEscape(code), http.StatusSeeOther)
		return nil
	}
	return s.write(w, r, http.StatusOK, pages.ReceiptPage(s.receiptPage(r, replay)))
}

func (s *server) receiptFile(w http.ResponseWriter, r *http.Request, replay *report.Replay, format string) error {
	t := traceOf(r)
	t.entry.Action, t.entry.Door = "export", "fichier"
	b := getBuffer()
	defer putBuffer(b)
	contentType, name, err := s.Export.Export(b, format, replay.Result, replay.Heading)
	if err != nil {
		return err
	}
	if err := s.stillAllowed(r); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	s.sendFile(w, r, contentType, b.Bytes())
	return nil
}

// receiptPage lays a replay out.
func (s *server) receiptPage(r *http.Request, p *report.Replay) pages.Receipt {
	out := pages.Receipt{Frame: s.frame(r, "Reçu "+p.Receipt.Code), Replay: p, Address: "/recu/" + p.Receipt.Code}
	out.Frame.Crumbs = append(out.Frame.Crumbs, parts.Link{Label: "Reçus", Address: receiptsPath}, parts.Link{Label: p.Receipt.Code})
	out.Edition = s.localEdition(p.Result.Edition)
	out.At = p.Receipt.At.In(s.Zone)
	if m, _ := administrator.allows(viewerOf(r)); m {
		out.Holder = p.Receipt.Login
	}
	shown := *p.Result
	if out.Cut = len(shown.Rows) > report.RowsPerPage; out.Cut {
		shown.Rows = shown.Rows[:report.RowsPerPage]
	}
	if len(shown.Rows) > 0 || shown.Total != nil {
		out.Grid = parts.NewGrid("resultat", p.Title, &shown, nil, s.schoolOnly)
		if s.Explain != nil {
			out.Grid.ExplainAt(whyPath)
		}
	}
	if s.Export != nil {
		out.Files = fileLinks(out.Address, -1)
		out.Files = append(out.Files, parts.Link{Label: "JSON", Address: out.Address + "?format=json"})
	}
	return out
}
