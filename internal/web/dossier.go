package web

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/dataset"
	"belvedere/internal/school/dossier"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// dossierRoutes are the pages of person files: names of people, for the staff of their institution.
func (s *server) dossierRoutes() []route {
	if s.Dossier == nil || s.Board == nil {
		return nil
	}
	const one = boardPath + "/{uai}/personnes"
	return []route{
		get(one, nominative, "nominatif", s.dossierPage),
		post(one, nominative, "coffre", s.dossierDrop).upTo(mostDrop),
		get(one+"/depots/{numero}", nominative, "nominatif", s.dossierDeposit),
		post(one+"/depots/{numero}", nominative, "coffre", s.dossierAct),
		get(one+"/imports/{numero}", nominative, "nominatif", s.dossierImport),
		get(one+"/imports/{numero}/retirer", nominative, "nominatif", s.dossierAskWithdraw),
		post(one+"/imports/{numero}/retirer", nominative, "coffre", s.dossierWithdraw),
		post(one+"/correspondances", nominative, "coffre", s.dossierForget),
		get(one+"/{espece}/{numero}/export.json", nominative, "nominatif", s.dossierExport),
		get(one+"/{espece}/{numero}/effacer", nominative, "nominatif", s.dossierAskErase),
		post(one+"/{espece}/{numero}/effacer", nominative, "coffre", s.dossierErase),
	}
}

// dossierEntries are the pages of person files in the menu of an institution.
func (s *server) dossierEntries(at string) []menuEntry {
	if s.Dossier == nil {
		return nil
	}
	return []menuEntry{{"Fichiers de personnes", at + "/personnes", schoolStaff}}
}

func dossierAt(uai belvedere.UAI, page string) string {
	return boardPath + "/" + string(uai) + "/personnes" + page
}

// dossierPage shows what the vault holds, what was imported, and the form of deposits.
func (s *server) dossierPage(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	return s.showDossier(w, r, http.StatusOK, uai, "")
}

// mostPersonImports is how many imports the page lists.
const mostPersonImports = 40

func (s *server) showDossier(w http.ResponseWriter, r *http.Request, status int, uai belvedere.UAI, trouble string) error {
	ctx, viewer := r.Context(), viewerOf(r)
	p := pages.PersonFiles{SchoolFrame: s.schoolFrame(r, uai, "Fichiers de personnes"), Most: mostDrop, Trouble: trouble, Login: viewer.Login,
		Query: clean(r.URL.Query().Get("q"), mostSearch), Done: dossierDone[r.URL.Query().Get("fait")]}
	for _, k := range s.Dossier.Kinds() {
		n, err := s.Dossier.Count(ctx, viewer, uai, dossier.Request{Kind: k.Name})
		if err != nil {
			return err
		}
		p.Kinds = append(p.Kinds, pages.PersonKind{Kind: k, Size: n})
	}
	var err error
	if p.Imports, err = s.Dossier.Imports(ctx, viewer, uai, mostPersonImports); err != nil {
		return err
	}
	if p.Own, err = s.Dossier.Mappings(ctx, viewer, uai); err != nil {
		return err
	}
	p.Choices = s.dossierChoices(p.Own)
	if err := dossier.MayName(viewer, uai); err != nil {
		p.Refused = belvedere.Message(err)
	}
	if p.Asked = p.Query != "" && p.Refused == ""; p.Asked {
		if p.Found, err = s.Dossier.Locate(ctx, viewer, uai, p.Query); err != nil && belvedere.KindOf(err) != belvedere.NotFound {
			return err
		}
		p.Found = p.Found[:min(len(p.Found), 50)]
	}
	return s.write(w, r, status, pages.PersonFilesPage(p))
}

// dossierChoices are the ways in which files may be read.
func (s *server) dossierChoices(own []dossier.Mapping) (list []parts.Option) {
	for _, m := range slices.Concat(own, s.Dossier.Catalog.Mappings) {
		list = append(list, parts.Option{Value: m.Name, Label: m.Label})
	}
	for _, one := range dossier.Specials {
		list = append(list, parts.Option{Value: one.Name, Label: one.Label})
	}
	return list
}

// dossierDone are the sentences of what was done, by the word in the address.
var dossierDone = map[string]string{
	"importe":        "Les fichiers sont importés, et les chiffres de l’établissement recomptés.",
	"deja":           "Ces fichiers avaient déjà été importés : rien n’a changé.",
	"abandonne":      "Le dépôt est abandonné : les fichiers sont effacés, rien n’a changé.",
	"correspondance": "La correspondance est enregistrée. Essayez-la, puis importez.",
	"retiree":        "La correspondance est retirée. Ce qu’elle a importé reste.",
	"defait":         "L’import est retiré : ses lignes et ses fichiers ont quitté le coffre, et les chiffres de l’établissement sont recomptés.",
	"personne":       "La personne est effacée, avec les fichiers gardés qui la contenaient.",
}

// dossierDrop keeps files in the vault until someone confirms.
func (s *server) dossierDrop(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	traceOf(r).about("coffre "+string(uai), "dépôt de fichiers de personnes")
	http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)) // not every connection can
	form, err := r.MultipartReader()
	if err != nil {
		return belvedere.WrapError(belvedere.Invalid, err, "Le formulaire de dépôt n’a pas pu être lu.")
	}
	choice, files, err := readPersonDrop(form)
	if err != nil {
		return brokenUpload(err)
	}
	id, err := s.Dossier.Drop(r.Context(), viewerOf(r), uai, choice, files)
	if kind := belvedere.KindOf(err); err != nil && kind == belvedere.Invalid {
		return s.showDossier(w, r, statusOf(kind), uai, belvedere.Message(err))
	} else if err != nil {
		return err
	}
	http.Redirect(w, r, dossierAt(uai, "/depots/"+strconv.FormatInt(id, 10)), http.StatusSeeOther)
	return nil
}

// readPersonDrop reads the form in memory: nominative files touch no disk but the vault's.
func readPersonDrop(form *multipart.Reader) (choice string, files []dossier.File, err error) {
	for n := 0; ; n++ {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return choice, files, nil
		}
		if err != nil {
			return "", nil, err
		}
		if n > 2*mostBoardFiles || len(files) > mostBoardFiles {
			return "", nil, belvedere.Errorf(belvedere.TooLarge, "Un dépôt compte au plus %d fichiers.", mostBoardFiles)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return "", nil, err
		}
		switch {
		case part.FormName() == "choix":
			choice = clean(string(data), 60)
		case part.FormName() == "fichier" && part.FileName() != "":
			files = append(files, dossier.File{Name: clean(part.FileName(), 120), Data: bytes.NewReader(data), Size: int64(len(data))})
		}
	}
}

// dossierDeposit shows files that wait: how they are read, or which column is which.
func (s *server) dossierDeposit(w http.ResponseWriter, r *http.Request) error {
	uai, id, err := schoolRow(r)
	if err != nil {
		return err
	}
	return s.showDeposit(w, r, http.StatusOK, uai, id, r.URL.Query(), nil, "")
}

// kindName is a kind in words.
func (s *server) kindName(name string) string {
	if k := s.Dossier.Kinds().Kind(name); k != nil {
		return k.Label
	}
	return name
}

func (s *server) showDeposit(w http.ResponseWriter, r *http.Request, status int, uai belvedere.UAI, id int64, form url.Values, report *dossier.Report, trouble string) error {
	ctx, viewer := r.Context(), viewerOf(r)
	d, err := s.Dossier.Deposit(ctx, viewer, uai, id)
	if err != nil {
		return err
	}
	p := pages.PersonDeposit{SchoolFrame: s.schoolFrame(r, uai, "Dépôt n° "+strconv.FormatInt(id, 10), parts.Link{Label: "Fichiers de personnes", Address: dossierAt(uai, "")}),
		ID: id, By: d.By, At: belvedere.ShortDate(d.At), Report: report, Names: s.kindName, Trouble: trouble, Done: dossierDone[r.URL.Query().Get("fait")]}
	for _, f := range d.Files {
		p.Files = append(p.Files, f.Name)
	}
	for _, k := range s.Dossier.Kinds() {
		p.Kinds = append(p.Kinds, parts.Option{Value: k.Name, Label: k.Label})
	}
	b, err := s.Dossier.Batch(ctx, viewer, uai, d.Choice, d.Files)
	switch {
	case err == nil:
		p.Choice, p.Label = b.Mapping, s.choiceLabel(r, uai, b.Mapping)
	case belvedere.KindOf(err) == belvedere.Internal || belvedere.KindOf(err) == belvedere.Forbidden:
		return err
	case p.Trouble == "" && form.Get("genre") == "":
		p.Trouble = belvedere.Message(err)
	}
	if kind := clean(form.Get("genre"), 60); kind != "" {
		columns, err := s.personColumns(kind, d.Files, form)
		if err != nil && belvedere.KindOf(err) == belvedere.Internal {
			return err
		} else if err != nil {
			p.Trouble = belvedere.Message(err)
		}
		p.Columns = columns
	}
	return s.write(w, r, status, pages.PersonDepositPage(p))
}

// choiceLabel is what a way of reading is called.
func (s *server) choiceLabel(r *http.Request, uai belvedere.UAI, name string) string {
	own, err := s.Dossier.Mappings(r.Context(), viewerOf(r), uai)
	if err != nil {
		return name
	}
	for _, o := range s.dossierChoices(own) {
		if o.Value == name {
			return o.Label
		}
	}
	return s.kindName(name)
}

// personColumns are the columns of files for a kind: those of the form when it says some, else those that are proposed.
func (s *server) personColumns(kind string, files []dossier.File, form url.Values) (*pages.PersonColumns, error) {
	p, err := s.Dossier.Propose(kind, files)
	if err != nil {
		return nil, err
	}
	said := form.Get("faire") != ""
	out := &pages.PersonColumns{Proposal: p, Name: clean(form.Get("nom"), 60), Label: clean(form.Get("libelle"), 100)}
	if !said && len(p.Files) > 0 {
		out.Label = clean(p.Kind.Label+", "+p.Files[0], 80)
	}
	for i := range p.Kind.Columns {
		c := &p.Kind.Columns[i]
		f := pages.PersonField{Column: c}
		if said {
			if h := form.Get("c." + c.Name); slices.Contains(p.Headers, h) {
				f.Header = h
			}
		} else if at := slices.IndexFunc(p.Cells, func(one dossier.Cell) bool { return one.Column == c.Name }); at >= 0 {
			f.Header, f.Why = p.Cells[at].From[0], p.Why[c.Name]
		}
		codes := formValues(form, c)
		if f.Header != "" {
			for _, text := range p.Unknown(dossier.Cell{Column: c.Name, From: []string{f.Header}}) {
				f.Unknown = append(f.Unknown, pages.PersonValue{Text: text, Code: codes[text]})
			}
		}
		out.Fields = append(out.Fields, f)
	}
	return out, nil
}

// mappingName is a name that no mapping has yet, made of a label.
func (s *server) mappingName(r *http.Request, uai belvedere.UAI, label string) (string, error) {
	own, err := s.Dossier.Mappings(r.Context(), viewerOf(r), uai)
	if err != nil || label == "" {
		return "", err
	}
	stem := dataset.Slug(label)
	stem = stem[:min(len(stem), 36)]
	name := stem
	taken := func(o parts.Option) bool { return o.Value == name }
	for i := 2; slices.ContainsFunc(s.dossierChoices(own), taken); i++ {
		name = stem + "_" + strconv.Itoa(i)
	}
	return name, nil
}

// formValues are the codes that a form gives to spellings of a column.
func formValues(form url.Values, c *dossier.Column) map[string]string {
	out := map[string]string{}
	texts, codes := form["t."+c.Name], form["v."+c.Name]
	for i, text := range texts {
		if i < len(codes) && c.List != nil && c.List.Find(codes[i]) != nil {
			out[text] = codes[i]
		}
	}
	return out
}

// dossierAct tries, imports or leaves files that wait, or says which column is which.
func (s *server) dossierAct(w http.ResponseWriter, r *http.Request) error {
	uai, id, err := schoolRow(r)
	if err != nil {
		return err
	}
	form, err := posted(r)
	if err != nil {
		return err
	}
	about := func(what string) {
		traceOf(r).about("coffre "+string(uai), "fichiers de personnes, dépôt n° "+strconv.FormatInt(id, 10)+" : "+what)
	}
	switch form.Get("faire") {
	case "actualiser":
		about("colonnes relues")
		return s.showDeposit(w, r, http.StatusOK, uai, id, form, nil, "")
	case "correspondance":
		about("correspondance")
		return s.dossierSave(w, r, uai, id, form)
	case "abandonner":
		about("abandonné")
		if err := s.Dossier.Leave(r.Context(), viewerOf(r), uai, id); err != nil {
			return err
		}
		doneAt(w, r, dossierAt(uai, ""), "abandonne")
		return nil
	case "essayer", "importer":
		return s.dossierRun(w, r, uai, id, form.Get("faire") == "importer", about)
	}
	return belvedere.Errorf(belvedere.Invalid, "Cette demande n’existe pas.")
}

// dossierRun tries or imports.
func (s *server) dossierRun(w http.ResponseWriter, r *http.Request, uai belvedere.UAI, id int64, write bool, about func(string)) error {
	ctx, viewer := r.Context(), viewerOf(r)
	about("import refusé")
	d, err := s.Dossier.Deposit(ctx, viewer, uai, id)
	if err != nil {
		return err
	}
	do := s.Dossier.Rehearse
	if write {
		do = s.Dossier.Import
	}
	b, err := s.Dossier.Batch(ctx, viewer, uai, d.Choice, d.Files)
	var report dossier.Report
	if err == nil {
		report, err = do(ctx, viewer, uai, b)
	}
	switch kind := belvedere.KindOf(err); {
	case err != nil && (kind == belvedere.Invalid || kind == belvedere.TooLarge || kind == belvedere.NotFound):
		return s.showDeposit(w, r, statusOf(belvedere.Invalid), uai, id, url.Values{}, nil, belvedere.Message(err))
	case err != nil:
		return err
	case !write:
		about("essai")
		return s.showDeposit(w, r, http.StatusOK, uai, id, url.Values{}, &report, "")
	}
	about("importé sous le n° " + strconv.FormatInt(report.ID, 10))
	if err := s.Dossier.Leave(ctx, viewer, uai, id); err != nil {
		return err
	}
	word := "importe"
	if report.Replayed {
		word = "deja"
	}
	doneAt(w, r, dossierAt(uai, "/imports/"+strconv.FormatInt(report.ID, 10)), word)
	return nil
}

// dossierSave keeps a mapping and reads the files that wait by it.
func (s *server) dossierSave(w http.ResponseWriter, r *http.Request, uai belvedere.UAI, id int64, form url.Values) error {
	ctx, viewer := r.Context(), viewerOf(r)
	d, err := s.Dossier.Deposit(ctx, viewer, uai, id)
	if err != nil {
		return err
	}
	columns, err := s.personColumns(clean(form.Get("genre"), 60), d.Files, form)
	if err != nil {
		return err
	}
	var cells []dossier.Cell
	for _, f := range columns.Fields {
		if f.Header == "" {
			continue
		}
		cell := dossier.Cell{Column: f.Column.Name, From: []string{f.Header}}
		for _, v := range f.Unknown {
			if v.Code != "" {
				cell.Values = append(cell.Values, dossier.Pair{Name: v.Text, Value: v.Code})
			}
		}
		cells = append(cells, cell)
	}
	label, name := strings.TrimSpace(columns.Label), strings.TrimSpace(columns.Name)
	if name == "" {
		if name, err = s.mappingName(r, uai, label); err != nil {
			return err
		}
	}
	m := columns.Proposal.Mapping(name, label, cells)
	if err := s.Dossier.SaveMapping(ctx, viewer, uai, m); err != nil {
		if kind := belvedere.KindOf(err); kind == belvedere.Invalid || kind == belvedere.Conflict {
			return s.showDeposit(w, r, statusOf(kind), uai, id, form, nil, belvedere.Message(err))
		}
		return err
	}
	if err := s.Dossier.Choose(ctx, viewer, uai, id, m.Name); err != nil {
		return err
	}
	doneAt(w, r, dossierAt(uai, "/depots/"+strconv.FormatInt(id, 10)), "correspondance")
	return nil
}

// dossierImport shows one import.
func (s *server) dossierImport(w http.ResponseWriter, r *http.Request) error {
	uai, id, err := schoolRow(r)
	if err != nil {
		return err
	}
	one, err := s.Dossier.ImportOf(r.Context(), viewerOf(r), uai, id)
	if err != nil {
		return err
	}
	p := pages.PersonImport{SchoolFrame: s.schoolFrame(r, uai, "Import n° "+strconv.FormatInt(id, 10), parts.Link{Label: "Fichiers de personnes", Address: dossierAt(uai, "")}),
		Import: one, Names: s.kindName, Done: dossierDone[r.URL.Query().Get("fait")]}
	return s.write(w, r, http.StatusOK, pages.PersonImportPage(p))
}

// dossierForget drops a mapping of the institution.
func (s *server) dossierForget(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	form, err := posted(r)
	if err != nil {
		return err
	}
	name := clean(form.Get("nom"), 60)
	traceOf(r).about("coffre "+string(uai), "correspondance "+name+" retirée")
	if err := s.Dossier.DropMapping(r.Context(), viewerOf(r), uai, name); err != nil {
		return err
	}
	doneAt(w, r, dossierAt(uai, ""), "retiree")
	return nil
}

// dossierPerson is who an address names.
func (s *server) dossierPerson(r *http.Request) (uai belvedere.UAI, p dossier.Someone, err error) {
	uai, id, err := schoolRow(r)
	if err != nil {
		return uai, p, err
	}
	p, err = s.Dossier.Who(r.Context(), viewerOf(r), uai, r.PathValue("espece"), id)
	return uai, p, err
}

// dossierExport gives all that is held about someone, as a file.
func (s *server) dossierExport(w http.ResponseWriter, r *http.Request) error {
	uai, who, err := s.dossierPerson(r)
	if err != nil {
		return err
	}
	b := getBuffer()
	defer putBuffer(b)
	if err := s.Dossier.ExportPerson(r.Context(), viewerOf(r), uai, who.Sort, who.ID, b); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+who.Sort+"-"+strconv.FormatInt(who.ID, 10)+`.json"`)
	send(w, r, http.StatusOK, "application/json", b.Bytes())
	return nil
}

// dossierAskErase asks before someone is erased.
func (s *server) dossierAskErase(w http.ResponseWriter, r *http.Request) error {
	uai, who, err := s.dossierPerson(r)
	if err != nil {
		return err
	}
	frame := s.schoolFrame(r, uai, "Effacer", parts.Link{Label: "Fichiers de personnes", Address: dossierAt(uai, "")})
	return s.write(w, r, http.StatusOK, pages.ConfirmPage(pages.Confirm{
		Frame: frame.Frame, Title: "Effacer toutes les données de " + who.Name() + " ?",
		Text: []string{
			"La personne disparaît de toutes les années des fichiers de personnes : identité, inscriptions, résultats, contrats, paie, heures, activité. Cela ne se défait pas.",
			"Les fichiers gardés qui la contiennent sont effacés du coffre ; les lignes des autres personnes restent. Un fichier importé plus tard qui la contient encore la fait revenir : corrigez d’abord l’application d’origine. Les sauvegardes déjà faites la contiennent toujours.",
		},
		Action: r.URL.Path, Button: "Effacer", Back: dossierAt(uai, ""),
	}))
}

// dossierErase erases someone.
func (s *server) dossierErase(w http.ResponseWriter, r *http.Request) error {
	uai, who, err := s.dossierPerson(r)
	if err != nil {
		return err
	}
	traceOf(r).about("coffre "+string(uai), "effacement de "+who.Sort+" n° "+strconv.FormatInt(who.ID, 10))
	if err := s.Dossier.ErasePerson(r.Context(), viewerOf(r), uai, who.Sort, who.ID); err != nil {
		return err
	}
	doneAt(w, r, dossierAt(uai, ""), "personne")
	return nil
}
