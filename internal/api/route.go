package api

import (
	"belvedere"
)

// A right is what an address asks of who comes. Its zero value opens nothing: a route without a
// right is refused by New, and the functions that make routes cannot leave it out.
type right int

// The rights, from the widest.
const (
	undeclared right = iota
	open             // anyone: the description of the API
	known            // any token, account or command line
	reading          // figures: a token that reads, an account
	following        // deliveries: a token those of its vendor, administrators all
	pushing          // a token that pushes, the command line
	acting           // the command line in the name of an account: a session acts in the pages, which no other site can make it do
)

// A route is one address with the right that it asks and the action under which the journal
// keeps it ("" when it is not kept).
type route struct {
	method, path string
	right        right
	action       string
	handler      handler
}

// get makes a route that reads: it must change nothing.
func get(path string, needs right, action string, h handler) route {
	return route{"GET", path, needs, action, h}
}

// put makes a route that takes something in.
func put(path string, needs right, action string, h handler) route {
	return route{"PUT", path, needs, action, h}
}

// post makes a route that does something.
func post(path string, needs right, action string, h handler) route {
	return route{"POST", path, needs, action, h}
}

// routes are all addresses; openapi.json describes each with its right, and a test compares.
func (s *server) routes() []route {
	return []route{
		get("/api/v1/openapi.json", open, "", s.openAPI),
		get("/api/v1/indicateurs", known, "consultation", s.indicators),
		get("/api/v1/definitions", known, "consultation", s.meaning(s.definitions)),
		get("/api/v1/definitions/{code}", known, "consultation", s.meaning(s.definition)),
		get("/api/v1/propositions/{id}", reading, "consultation", s.meaning(s.proposal)),
		get("/api/v1/donnees", reading, "consultation", s.data),
		get("/api/v1/explorer", reading, "consultation", s.exploring(s.explorer)),
		get("/api/v1/requetes", reading, "consultation", s.exploring(s.savedQueries)),
		get("/api/v1/requetes/{id}", reading, "consultation", s.exploring(s.savedQuery)),
		get("/api/v1/jeux", reading, "consultation", s.datasets),
		get("/api/v1/jeux/{jeu}", reading, "consultation", s.dataset),
		get("/api/v1/jeux/{jeu}/donnees", reading, "consultation", s.datasetData),
		get("/api/v1/catalogue.jsonld", reading, "consultation", s.catalogueJSON),
		get("/api/v1/catalogue.ttl", reading, "consultation", s.catalogueTurtle),
		get("/api/v1/recus/{code}", reading, "consultation", s.receipt),
		get("/api/v1/verification-recus", following, "consultation", s.verification),
		get("/api/v1/ecart", reading, "consultation", s.gap),
		get("/api/v1/comparaison", reading, "consultation", s.benchmark),
		get("/api/v1/couverture", reading, "consultation", s.coverage),
		get("/api/v1/tableaux-de-bord", reading, "consultation", s.dashboards),
		get("/api/v1/tableaux-de-bord/{id}", reading, "consultation", s.dashboard),
		get("/api/v1/etablissements", reading, "consultation", s.schools),
		get("/api/v1/editions", known, "consultation", s.editions),
		get("/api/v1/alertes", reading, "consultation", s.alerts),
		get("/api/v1/envois", reading, "consultation", s.sendings),
		get("/api/v1/extractions", reading, "consultation", s.extracting(s.extracts)),
		get("/api/v1/extractions/{id}", reading, "consultation", s.extracting(s.extract)),
		post("/api/v1/extractions", acting, "extrait", s.extracting(s.askExtract)),
		post("/api/v1/taille-extraction", acting, "consultation", s.extracting(s.sizeExtract)),
		post("/api/v1/extractions-regulieres", acting, "extrait", s.extracting(s.askRegular)),
		post("/api/v1/extractions/{id}/fichier", acting, "extrait", s.extracting(s.takeExtract)),
		post("/api/v1/extractions/{id}/phrase", acting, "extrait", s.extracting(s.revealExtract)),
		get("/api/v1/livraisons", following, "consultation", s.deliveries),
		get("/api/v1/livraisons/{id}", following, "consultation", s.delivery),
		put("/api/v1/livraisons/{id}", pushing, "livraison", s.push),
	}
}

// onlyReads says what a token of a person is not for.
const onlyReads = "Un jeton de lecture personnel lit les chiffres que son compte voit, et rien d’autre\u00a0: pour les livraisons, demandez un jeton d’éditeur à un administrateur de la console."

// allows says, as an error, why a caller does not meet a right.
func (needs right) allows(c caller) error {
	v := c.viewer
	if v.Kind == belvedere.AccountViewer && (v.Admin || v.Auditor) && !v.Strong {
		return belvedere.Errorf(belvedere.Forbidden, "Votre compte demande un second facteur\u00a0: activez-le dans la console, sous Mon compte, puis recommencez.")
	}
	switch needs {
	case known:
		return nil
	case reading:
		if c.token != nil && !c.token.Read {
			return belvedere.Errorf(belvedere.Forbidden, "Ce jeton ne lit pas les chiffres\u00a0: demandez un jeton de lecture à un administrateur de la console.")
		}
		return nil
	case following:
		if c.personal() {
			return belvedere.Errorf(belvedere.Forbidden, onlyReads)
		}
		if c.token == nil && !v.Admin && v.Kind != belvedere.Operator {
			return belvedere.Errorf(belvedere.Forbidden, "Les livraisons sont réservées aux administrateurs de la console et aux jetons de ceux qui livrent.")
		}
		return nil
	case acting:
		switch {
		case c.token != nil:
			return belvedere.Errorf(belvedere.Forbidden, onlyPersons)
		case !c.local || v.Kind != belvedere.AccountViewer:
			return belvedere.Errorf(belvedere.Forbidden, "Une extraction se demande et se prend dans les pages de la console, ou depuis la machine du serveur au nom d’un compte.")
		}
		return nil
	case pushing:
		switch {
		case c.personal():
			return belvedere.Errorf(belvedere.Forbidden, onlyReads)
		case v.Kind == belvedere.Operator:
			return nil
		case c.token == nil:
			return belvedere.Errorf(belvedere.Forbidden, "Une livraison se remet avec un jeton, ou par la page Livraisons de la console.")
		case !c.token.Push:
			return belvedere.Errorf(belvedere.Forbidden, "Ce jeton ne remet pas de livraisons\u00a0: demandez un jeton de dépôt à un administrateur de la console.")
		}
		return nil
	}
	return belvedere.Errorf(belvedere.Forbidden, "Cette adresse n’est ouverte à personne.")
}
