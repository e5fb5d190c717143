package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/dataset"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// mostTried bounds a file that someone says what it is.
const mostTried = 256 << 20

func (s *server) datasetDrop(w http.ResponseWriter, r *http.Request) error {
	return s.dropPage(w, r, http.StatusOK, pages.DatasetDrop{Into: r.URL.Query().Get("jeu")})
}

func (s *server) dropPage(w http.ResponseWriter, r *http.Request, status int, p pages.DatasetDrop) error {
	p.Frame, p.Datasets, p.Most = s.datasetFrame(r, "Nouveau fichier"), intoOptions(s.model), min(mostTried, s.MostUpload)
	return s.write(w, r, status, pages.DatasetDropPage(p))
}

// datasetTake keeps a file in waiting and leads to the page that asks what it is.
func (s *server) datasetTake(w http.ResponseWriter, r *http.Request) error {
	http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)) // not every connection can
	form, err := r.MultipartReader()
	if err != nil {
		return belvedere.WrapError(belvedere.Invalid, err, "Le formulaire de dépôt n’a pas pu être lu.")
	}
	p := pages.DatasetDrop{}
	for range mostParts {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return brokenUpload(err)
		}
		switch {
		case part.FormName() == "jeu":
			text, err := io.ReadAll(io.LimitReader(part, 200))
			if err != nil {
				return brokenUpload(err)
			}
			p.Into = string(text)
		case part.FormName() == "fichier" && part.FileName() != "":
			id, err := s.Datasets.Wait(viewerOf(r).Login, clean(part.FileName(), 200), part, min(mostTried, s.MostUpload))
			if err == nil {
				traceOf(r).about("fichier "+clean(part.FileName(), 200), "en attente de déclaration, rien de chargé")
				http.Redirect(w, r, withQuery(datasetsPath+"/nouveau/fichier/"+id, url.Values{"jeu": {p.Into}}), http.StatusSeeOther)
				return nil
			}
			if belvedere.KindOf(brokenUpload(err)) == belvedere.Internal {
				return brokenUpload(err)
			}
			p.Errors.Add("fichier", belvedere.Message(brokenUpload(err)))
			return s.dropPage(w, r, http.StatusUnprocessableEntity, p)
		}
	}
	p.Errors.Add("fichier", "Choisissez un fichier.")
	return s.dropPage(w, r, http.StatusUnprocessableEntity, p)
}

// mappingPage shows a file that waits with what its columns seem to be.
func (s *server) mappingPage(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	file, sample, err := s.waiting(r, query.Get("feuille"))
	if err != nil {
		return s.unreadable(w, r, err)
	}
	defer file.Close()
	plan := dataset.Propose(s.model, sample, query.Get("jeu"))
	return s.mapping(w, r, http.StatusOK, pages.Mapping{Sample: sample, Plan: plan})
}

// waiting opens the file that the address names and looks at its columns.
func (s *server) waiting(r *http.Request, member string) (*dataset.Waiting, *dataset.Sample, error) {
	file, err := s.Datasets.Open(viewerOf(r).Login, r.PathValue("id"))
	if err != nil {
		return nil, nil, err
	}
	sample, err := dataset.Read(file, file.Size, file.Name, member)
	if err != nil {
		file.Close()
	}
	return file, sample, err
}

// unreadable forgets a file that is no table and asks for another one.
func (s *server) unreadable(w http.ResponseWriter, r *http.Request, err error) error {
	switch belvedere.KindOf(err) {
	case belvedere.Invalid, belvedere.TooLarge:
		s.Datasets.Forget(viewerOf(r).Login, r.PathValue("id"))
		p := pages.DatasetDrop{}
		p.Errors.Add("fichier", belvedere.Message(err))
		return s.dropPage(w, r, http.StatusUnprocessableEntity, p)
	}
	return err
}

// mapping shows the page with what is said.
func (s *server) mapping(w http.ResponseWriter, r *http.Request, status int, p pages.Mapping) error {
	p.Frame = s.datasetFrame(r, "Dire ce qu’est un fichier")
	p.Address = datasetsPath + "/nouveau/fichier/" + r.PathValue("id")
	if d := s.model.Dataset(p.Plan.Into); d != nil {
		p.IntoLabel, p.Own = d.Label, columnOptions(d)
	}
	p.Lists, p.Weights = listOptions(s.model), weightOptions(p.Sample)
	p.Widgets = []parts.Option{{Value: "aucun", Label: "Aucune : tous les lecteurs"}}
	for _, wg := range s.model.Widgets {
		p.Widgets = append(p.Widgets, parts.Option{Value: wg.Code, Label: wg.Menu + " : " + wg.Label})
	}
	for _, t := range s.model.Themes {
		p.Themes = append(p.Themes, parts.Option{Value: t.Code, Label: t.Label})
	}
	for i, c := range p.Plan.Columns {
		one := pages.MappingColumn{Index: i, Said: c, Fault: p.Errors.Of("col" + strconv.Itoa(i))}
		if i < len(p.Sample.Seen) {
			one.Seen, one.Looks, one.Refused = p.Sample.Seen[i], columnLooks(p.Sample.Seen[i]), p.Sample.Seen[i].Why
		}
		p.Columns = append(p.Columns, one)
	}
	return s.write(w, r, status, pages.MappingPage(p))
}

// mappingAct tries what the form says, or keeps it and loads the file.
func (s *server) mappingAct(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	login := viewerOf(r).Login
	traceOf(r).about("fichier en attente", "essai, rien de gardé")
	if form.Get("geste") == "abandonner" {
		s.Datasets.Forget(login, r.PathValue("id"))
		http.Redirect(w, r, datasetsPath, http.StatusSeeOther)
		return nil
	}
	file, sample, err := s.waiting(r, form.Get("feuille"))
	if err != nil {
		return s.unreadable(w, r, err)
	}
	defer file.Close()
	p := pages.Mapping{Sample: sample, Plan: readPlan(form, sample), Correspondence: form.Get("correspondance")}
	p.Plan.Settle(s.model)
	if p.Plan.Schools, p.Plan.Left, err = dataset.ReadCorrespondence(p.Correspondence); err != nil {
		p.Errors.Add("correspondance", belvedere.Message(err))
		return s.mapping(w, r, http.StatusUnprocessableEntity, p)
	}
	asked, err := s.askSchools(r, file, &p)
	if err != nil {
		return err
	}
	if asked {
		return s.mapping(w, r, http.StatusOK, p)
	}
	p.Trial, err = s.Datasets.Try(r.Context(), p.Plan, sample, file, file.Size)
	var flaws admin.Flaws
	switch {
	case errors.As(err, &flaws):
		p.Errors = fieldErrors(flaws)
		return s.mapping(w, r, http.StatusUnprocessableEntity, p)
	case belvedere.KindOf(err) == belvedere.Invalid || belvedere.KindOf(err) == belvedere.TooLarge:
		p.Errors.Add("colonnes", belvedere.Message(err))
		return s.mapping(w, r, http.StatusUnprocessableEntity, p)
	case err != nil:
		return err
	}
	p.Bundle = dataset.WriteBundle(p.Trial.Declarations)
	if form.Get("geste") != "charger" || p.Trial.Preview.Refused {
		return s.mapping(w, r, http.StatusOK, p)
	}
	return s.mappingLoad(w, r, file, p)
}

// askSchools proposes which schools the names of a column stand for, when nobody has said so yet.
func (s *server) askSchools(r *http.Request, file *dataset.Waiting, p *pages.Mapping) (asked bool, err error) {
	for i, c := range p.Plan.Columns {
		if c.Role != dataset.KeySchool || i >= len(p.Sample.Seen) || p.Sample.Seen[i].Shape == "uai" || len(p.Plan.Schools) > 0 {
			continue
		}
		values, err := dataset.Values(file, file.Size, file.Name, p.Sample.Member, c.Header, 2000)
		if err != nil {
			return false, err
		}
		guesses, err := s.Datasets.Guess(r.Context(), values)
		if err != nil {
			return false, err
		}
		p.Correspondence, p.AskSchools = dataset.WriteCorrespondence(guesses), true
		return true, nil
	}
	return false, nil
}

// mappingLoad keeps the declarations and hands the file over.
func (s *server) mappingLoad(w http.ResponseWriter, r *http.Request, file *dataset.Waiting, p pages.Mapping) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	d, err := s.Datasets.Load(r.Context(), viewerOf(r).Login, p.Trial, file.Name, file)
	switch belvedere.KindOf(err) {
	case belvedere.Invalid, belvedere.Conflict, belvedere.TooLarge:
		p.Errors.Add("colonnes", belvedere.Message(err))
		return s.mapping(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	s.Datasets.Forget(viewerOf(r).Login, file.ID)
	traceOf(r).about("jeu "+p.Trial.Dataset, cut("déclaré, livraison "+strconv.FormatInt(d.Seq, 10)+" : "+file.Name, 500))
	doneAt(w, r, pages.DatasetAddress(p.Trial.Dataset), "charge")
	return nil
}

// columnOptions are what a column may fill in a dataset.
func columnOptions(d *belvedere.Dataset) []parts.Option {
	out := []parts.Option{{Value: "", Label: "Aucune"}}
	for _, dim := range d.Dimensions {
		out = append(out, parts.Option{Value: dim.Name, Label: dim.Label + " (liste)"})
	}
	for _, m := range d.Measures {
		out = append(out, parts.Option{Value: m.Name, Label: m.Label + " (mesure)"})
	}
	return out
}

// readPlan reads what the form says of each column and of the whole.
func readPlan(form url.Values, sample *dataset.Sample) *dataset.Plan {
	text := func(name string, most int) string { return clean(strings.TrimSpace(form.Get(name)), most) }
	p := &dataset.Plan{Into: text("jeu", 60), Name: text("nom", 60), Label: text("libelle", 80), Doc: text("description", 500), Source: text("source", 120),
		Kind: belvedere.DatasetKind(form.Get("nature")), Year: text("annee", 9), Theme: text("theme", 60), Widget: form.Get("droit"), Basis: text("base", 200),
		Keep: text("conservation", 80), Secrecy: form.Get("secret"), Repeat: form.Get("repetition")}
	for i, h := range sample.Header {
		n := strconv.Itoa(i)
		weight, err := strconv.Atoi(form.Get("poids" + n))
		if err != nil {
			weight = -1
		}
		p.Columns = append(p.Columns, dataset.Column{Header: h, Role: dataset.Role(form.Get("role" + n)), Name: text("nom"+n, 60), Label: text("lib"+n, 80),
			List: form.Get("liste" + n), Unit: text("unite"+n, 20), Adds: form.Get("somme" + n), Weight: weight})
	}
	return p
}
