package web

import (
	"encoding/csv"
	"net/http"
	"strconv"

	"belvedere/internal/export"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const (
	faultsPerPage = 50
	mostSlices    = 500 // shown on the page of a delivery
)

// delivery shows one file and what became of it.
func (s *server) delivery(w http.ResponseWriter, r *http.Request) error {
	d, err := s.askedDelivery(r)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	number, err := pageNumber(query)
	if err != nil {
		return err
	}
	faults, kept, err := s.Deliveries.Faults(r.Context(), d.Seq, registry.Page{Offset: (number - 1) * faultsPerPage, Limit: faultsPerPage})
	if err != nil {
		return err
	}
	slices, err := s.Deliveries.Slices(r.Context(), d.Seq)
	if err != nil {
		return err
	}
	name := d.FileName
	if name == "" {
		name = "Livraison n° " + strconv.FormatInt(d.Seq, 10)
	}
	path := "/livraisons/" + strconv.FormatInt(d.Seq, 10)
	p := pages.Delivery{
		Frame: s.frame(r, name+", livraison n° "+strconv.FormatInt(d.Seq, 10)), Delivery: s.localTime(d), Labels: s.labels(),
		Slices: slices[:min(len(slices), mostSlices)], MoreSlices: max(0, len(slices)-mostSlices),
		Faults: faults, FaultCount: kept, FaultPages: pageLinks(path, query, number, kept, faultsPerPage),
	}
	for i := range p.FaultPages {
		if p.FaultPages[i].Address != "" {
			p.FaultPages[i].Address += "#defauts"
		}
	}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Livraisons", Address: "/livraisons"}, parts.Link{Label: "N° " + strconv.FormatInt(d.Seq, 10)})
	if !d.State.Final() {
		p.Frame.Refresh = refreshEvery
	}
	return s.write(w, r, http.StatusOK, pages.DeliveryPage(p))
}

// faultsFile gives the kept faults of a delivery for a French spreadsheet.
func (s *server) faultsFile(w http.ResponseWriter, r *http.Request) error {
	d, err := s.askedDelivery(r)
	if err != nil {
		return err
	}
	faults, _, err := s.Deliveries.Faults(r.Context(), d.Seq, registry.Page{})
	if err != nil {
		return err
	}
	b := getBuffer()
	defer putBuffer(b)
	b.WriteString("\uFEFF")
	out := csv.NewWriter(b)
	out.Comma, out.UseCRLF = ';', true
	out.Write([]string{"fichier", "ligne", "colonne", "champ", "valeur", "gravité", "règle", "message", "réparation"})
	for _, f := range faults {
		out.Write([]string{export.Guard(f.File), positive(f.Line), positive(int64(f.Column)), export.Guard(f.Field), export.Guard(f.Value),
			string(f.Severity), export.Guard(f.Rule), export.Guard(f.Message), export.Guard(f.Mend)})
	}
	out.Flush()
	w.Header().Set("Content-Disposition", `attachment; filename="defauts-livraison-`+strconv.FormatInt(d.Seq, 10)+`.csv"`)
	send(w, r, http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
	return nil
}

func positive(n int64) string {
	if n <= 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
