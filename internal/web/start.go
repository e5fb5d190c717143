package web

import (
	"net/http"
	"slices"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/guide"
	"belvedere/internal/registry"
	"belvedere/internal/school/board"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const startPath = "/premiers-pas"

// startRoutes say what to do next, in order, on a console that is not whole yet.
func (s *server) startRoutes() []route {
	return []route{get(startPath, signedIn, "", s.start)}
}

// start lists the steps of whoever reads, with those that are done.
func (s *server) start(w http.ResponseWriter, r *http.Request) error {
	steps, err := s.steps(r)
	if err != nil {
		return err
	}
	p := pages.Start{Frame: s.frame(r, "Premiers pas"), Steps: steps, Help: guide.Path}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Premiers pas"})
	return s.write(w, r, http.StatusOK, pages.StartPage(p))
}

// steps are those of an administrator, of who works in an institution of higher education, or of a reader.
func (s *server) steps(r *http.Request) ([]pages.Step, error) {
	viewer := viewerOf(r)
	if ok, _ := administrator.allows(viewer); ok {
		return s.managerSteps(r)
	}
	if s.Reports.Higher(r.Context(), viewer) {
		return s.staffSteps(r), nil
	}
	return []pages.Step{
		{Title: "Voir ce que vos droits ouvrent", Text: "Les rubriques, les établissements, les habilitations, et la règle qui en décide.", Links: []parts.Link{{Label: "Ce que je peux voir", Address: "/compte/droits"}}},
		{Title: "Demander ce qui manque", Text: "Un accès, une habilitation ou un rapport : la demande va à votre responsable, puis au responsable des données.", Links: s.requestLinks()},
		{Title: "Lire le guide", Text: "La table des chapitres dit par où commencer, selon votre métier.", Links: []parts.Link{{Label: "Guide", Address: guide.Path}}},
	}, nil
}

func (s *server) requestLinks() []parts.Link {
	if s.Procedures == nil {
		return nil
	}
	return []parts.Link{{Label: "Demandes", Address: "/demandes"}}
}

// fed tells whether anything beside the register of schools was published, in a section that is not
// set aside.
func (s *server) fed(r *http.Request, aside ...string) bool {
	for _, section := range s.model.Sections {
		if !slices.Contains(aside, section.Code) && s.Reports.Fed(r.Context(), viewerOf(r), section.Code) {
			return true
		}
	}
	return false
}

// managerSteps lead an administrator from an empty console to one that people use.
func (s *server) managerSteps(r *http.Request) (list []pages.Step, err error) {
	ctx, viewer := r.Context(), viewerOf(r)
	place, err := s.Reports.Territory(ctx)
	if err != nil {
		return nil, err
	}
	schools, err := s.Reports.SchoolCount(ctx, viewer)
	if err != nil {
		return nil, err
	}
	if s.Territory != nil {
		list = append(list, pages.Step{Title: "Nommer la console", Done: place.Name != "", Text: "Le nom écrit sur chaque page, la couleur, le logo, les règles de mot de passe, et les rubriques dont vous avez l’usage.",
			Links: []parts.Link{{Label: "Territoire", Address: "/administration/territoire"}}})
	}
	list = append(list, pages.Step{Title: "Déclarer les établissements", Done: schools > 0, Text: "Un seul : par son UAI et son nom. Beaucoup : par le répertoire (« etablissements », ou l’annuaire du ministère).",
		Links: s.schoolLinks()})
	people, err := s.peopleStep(r)
	if err != nil {
		return nil, err
	}
	list = append(list, people...)
	list = append(list, pages.Step{Title: "Charger les fichiers", Done: s.fed(r),
		Text:  "Les fichiers d’étudiants, d’agents et de la plateforme se déposent dans le coffre, par les personnes de l’établissement (« Fichiers de personnes », dans leur menu). Budget, recrutements et tableaux déjà agrégés : ici.",
		Links: []parts.Link{{Label: "Déposer un fichier déjà au format", Address: "/livraisons#deposer"}, {Label: "Faire correspondre les colonnes d’un autre fichier", Address: datasetsPath + "/nouveau"}}})
	more, err := s.sharingSteps(r)
	if err != nil {
		return nil, err
	}
	list = append(list, more...)
	return append(list, pages.Step{Title: "Programmer la sauvegarde", Text: "Une commande écrit toute l’installation dans un fichier chiffré, pendant qu’elle sert. Le programme ne peut pas dire si elle est programmée : le chapitre dit comment.",
		Links: []parts.Link{{Label: "Sauvegarder et restaurer", Address: guide.Path + "/sauvegarder"}}}), nil
}

func (s *server) schoolLinks() []parts.Link {
	links := []parts.Link{{Label: "Déposer un répertoire", Address: "/livraisons#deposer"}}
	if s.Schools != nil && s.Receive != nil {
		links = slices.Insert(links, 0, parts.Link{Label: "Ajouter un établissement", Address: newSchoolPath})
	}
	return links
}

func (s *server) peopleStep(r *http.Request) ([]pages.Step, error) {
	if s.Users == nil {
		return nil, nil
	}
	_, total, err := s.Users.List(r.Context(), viewerOf(r), registry.AccountFilter{}, registry.Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	return []pages.Step{{Title: "Inviter les personnes", Done: total > 1, Text: "Une par une ou par un fichier. Qui travaille dans un établissement (scolarité, contrôle de gestion, direction) a pour lieu de travail cet établissement : ses chiffres lui sont ouverts sans convention. Nommez aussi la personne déléguée à la protection des données.",
		Links: []parts.Link{{Label: "Nouvel utilisateur", Address: "/administration/utilisateurs/nouveau"}, {Label: "Importer un fichier", Address: "/administration/utilisateurs/import"}}}}, nil
}

// sharingSteps are what opens figures and rows to people, and who answers for them.
func (s *server) sharingSteps(r *http.Request) (list []pages.Step, err error) {
	ctx := r.Context()
	if s.Agreements != nil {
		a, err := s.Agreements.List(ctx, admin.AgreementSearch{})
		if err != nil {
			return nil, err
		}
		list = append(list, pages.Step{Title: "Noter les conventions", Done: len(a.Lines) > 0, Text: "Sans convention, un établissement ne partage rien avec la collectivité, administrateurs compris. Les personnes de l’établissement n’en ont pas besoin, et les étudiants, les agents et la paie d’une école du supérieur ne sont montrés qu’à elles.",
			Links: []parts.Link{{Label: "Conventions", Address: "/administration/conventions"}}})
	}
	if s.Grants != nil {
		grants, err := s.Grants.List(ctx, admin.GrantQuery{State: "en_vigueur"})
		if err != nil {
			return nil, err
		}
		list = append(list, pages.Step{Title: "Donner les habilitations", Done: len(grants) > 0, Text: "Composer ses requêtes (auteur), extraire des lignes (extracteur), instruire les demandes (responsable des données) : chacune pour une finalité et jusqu’à un jour.",
			Links: []parts.Link{{Label: "Habilitations", Address: "/administration/habilitations"}}})
	}
	if s.Governance != nil {
		b, err := s.Governance.Board(ctx, viewerOf(r))
		if err != nil {
			return nil, err
		}
		named := false
		for _, l := range b.Lines {
			named = named || len(l.Titulars) > 0
		}
		list = append(list, pages.Step{Title: "Dire qui répond de quoi", Done: named, Text: "Pilotage, modélisation, scolarité, technique, formation, documentation, assistance : un titulaire et un suppléant. Les questions et les échéances leur sont adressées.",
			Links: []parts.Link{{Label: "Responsabilités", Address: "/gouvernance"}}})
	}
	return list, nil
}

// staffSteps lead who works in an institution of higher education to its first figures.
func (s *server) staffSteps(r *http.Request) (list []pages.Step) {
	viewer := viewerOf(r)
	fed := s.fed(r)
	if s.Dossier != nil {
		list = append(list, pages.Step{Title: "Ajouter un second facteur", Done: viewer.Strong, Text: "Les fichiers qui nomment des personnes ne s’ouvrent qu’après le mot de passe et un code, ou avec une clé d’accès.",
			Links: []parts.Link{{Label: "Sécurité de mon compte", Address: "/compte/securite"}}})
		step := pages.Step{Title: "Déposer les fichiers de personnes", Done: fed, Text: "Inscriptions et résultats d’Apogée, agents, paie, heures, journaux de Moodle, avec les intitulés que vos applications leur donnent : les colonnes sont proposées. Les noms restent au coffre, les nombres partent."}
		for _, uai := range board.Schools(viewer) {
			step.Links = append(step.Links, parts.Link{Label: "Fichiers de personnes", Address: boardPath + "/" + string(uai) + "/personnes"})
			break
		}
		list = append(list, step)
	}
	read := pages.Step{Title: "Lire les rapports", Text: "Inscriptions sur plusieurs années, les deux taux de réussite, abandons, heures, budget, personnels ; la direction en une page."}
	if fed {
		read.Links = append(read.Links, s.reportLinks(viewer)...)
	}
	list = append(list, read)
	if s.Coherence != nil {
		list = append(list, pages.Step{Title: "Contrôler la modélisation", Text: "Dix règles comparent l’offre, les inscriptions et les résultats, et disent ce qui se contredit.", Links: []parts.Link{{Label: "Cohérence", Address: "/gouvernance/coherence"}}})
	}
	return append(list, pages.Step{Title: "Demander une habilitation", Text: "Pour composer vos propres requêtes, ou extraire des lignes.", Links: s.requestLinks()})
}

// reportLinks are the first standard report and the dashboards.
func (s *server) reportLinks(viewer belvedere.Viewer) (links []parts.Link) {
	if list, _ := s.sectionPages(viewer, report.HigherSection, ""); len(list) > 0 {
		links = append(links, parts.Link{Label: list[0].Label, Address: list[0].Address})
	}
	if s.Dashboards != nil {
		links = append(links, parts.Link{Label: "Tableaux de bord", Address: "/tableaux-de-bord"})
	}
	return links
}

// otherHome is where someone arrives whom the first page has nothing to say: it is about the accounts of
// collèges and lycées, which nobody delivers where higher education alone is. The dashboard of the
// direction is there instead, or what to do to have figures. "" leaves the first page.
func (s *server) otherHome(r *http.Request) string {
	viewer := viewerOf(r)
	if r.URL.Path != "/" || r.URL.RawQuery != "" || !viewer.Admin && !s.Reports.Higher(r.Context(), viewer) {
		return ""
	}
	fed := func(section string) bool { return s.Reports.Fed(r.Context(), viewer, section) }
	for _, p := range s.model.Pages {
		if p.Path == "/" && fed(p.Section) {
			return ""
		}
	}
	switch {
	case viewer.Admin: // to whom a school of higher education shows no students: there is work to do instead
		if !s.fed(r, report.HigherSection) {
			return startPath
		}
	case fed(report.HigherSection) && s.Dashboards != nil:
		return "/tableaux-de-bord/direction"
	case fed(report.HigherSection):
		if links := s.reportLinks(viewer); len(links) > 0 {
			return links[0].Address
		}
	case !s.fed(r):
		return startPath
	}
	return ""
}
