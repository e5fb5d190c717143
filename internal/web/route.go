package web

import (
	"slices"

	"belvedere"
	"belvedere/internal/web/parts"
)

// A right is what an address asks of who comes. Its zero value opens nothing: a route that forgets
// to declare its right is refused by New, and the functions that make routes cannot leave it out.
type right int

// The rights, from the widest.
const (
	undeclared    right = iota
	public              // anyone: signing in, style sheets
	machine             // who watches the server, from the machine itself
	ownAccount          // an account, even one that still owes its second factor
	signedIn            // an account; what figures it sees is decided by the plan
	schoolStaff         // who works in a school, for its own schools
	nominative          // who works in a school and signed in with a second factor: names of people
	author              // who may make queries, formulas and dashboards of his or her own
	extractor           // who may take extracts
	officer             // who answers for the data: requests, files, what others share
	auditor             // who reads the journal and sets the secrecy of figures: data protection officer, administrator
	administrator       // who manages the console
)

// A route is one address that is not declared in the catalogue, with the right that it asks and
// the action under which the journal keeps it ("" when it is not kept).
type route struct {
	method, path string
	right        right
	action       string
	handler      handler
	body         int64 // most bytes of the body
}

// mostBody bounds the body of a request, unless its route says otherwise.
const mostBody = 64 << 10

// upTo raises the limit of the body.
func (rt route) upTo(bytes int64) route {
	rt.body = bytes
	return rt
}

// get makes a route that reads. It must change nothing: another site can make a reader follow it.
func get(path string, needs right, action string, h handler) route {
	return route{"GET", path, needs, action, h, mostBody}
}

// post makes a route that changes something. Its action is always kept in the journal.
func post(path string, needs right, action string, h handler) route {
	return route{"POST", path, needs, action, h, mostBody}
}

// routes are all addresses beside the declared pages. Each file of pages brings its own.
func (s *server) routes() []route {
	return slices.Concat(
		s.dataRoutes(),
		s.exploreRoutes(),
		s.definitionRoutes(),
		s.governanceRoutes(),
		s.coherenceRoutes(),
		s.signInRoutes(),
		s.accountRoutes(),
		s.userRoutes(),
		s.groupRoutes(),
		s.tokenRoutes(),
		s.grantRoutes(),
		s.requestRoutes(),
		s.journalRoutes(),
		s.whyRoutes(),
		s.gapRoutes(),
		s.receiptRoutes(),
		s.agreementRoutes(),
		s.territoryRoutes(),
		s.letterRoutes(),
		s.schoolRoutes(),
		s.boardRoutes(),
		s.tallyRoutes(),
		s.directoryRoutes(),
		s.lessonRoutes(),
		s.dossierRoutes(),
		s.alertRoutes(),
		s.extractRoutes(),
		s.sendingRoutes(),
		s.coverageRoutes(),
		s.benchmarkRoutes(),
		s.secrecyRoutes(),
		s.datasetRoutes(),
		s.dashRoutes(),
		s.formulaRoutes(),
		s.guideRoutes(),
		s.startRoutes(),
		s.newSchoolRoutes(),
	)
}

// dataRoutes are the pages about the data, and what every page needs.
func (s *server) dataRoutes() []route {
	return []route{
		get("/indicateurs", signedIn, "consultation", s.indicators),
		get("/recherche", signedIn, "consultation", s.search),
		get("/livraisons", administrator, "consultation", s.deliveries),
		post("/livraisons", administrator, "livraison", s.upload).upTo(s.MostUpload),
		get("/livraisons/{seq}", administrator, "consultation", s.delivery),
		get("/livraisons/{seq}/etat", administrator, "", s.deliveryState),
		get("/livraisons/{seq}/defauts.csv", administrator, "export", s.faultsFile),
		get("/editions", signedIn, "consultation", s.editions),
		get("/editions/{numero}", signedIn, "consultation", s.edition),
		get("/etablissements/hors-registre", administrator, "consultation", s.unlisted),
		post("/theme", public, "", s.theme),
		get(parts.AssetsPrefix+"{sum}/{name}", public, "", s.asset),
		get("/sante", public, "", s.health),
		get("/metrics", machine, "", s.metricsPage),
	}
}

// allows tells whether a viewer meets a right; why says what is missing, for the page that refuses.
func (needs right) allows(v belvedere.Viewer) (ok bool, why string) {
	strong := v.Strong || v.Kind == belvedere.Operator || !(v.Admin || v.Auditor)
	switch needs {
	case public, machine: // a machine is told by its address, see guard
		return true, ""
	case ownAccount:
		return v.Kind != belvedere.Nobody, ""
	case signedIn:
		return v.Kind != belvedere.Nobody && strong, ""
	case schoolStaff:
		return v.School && strong, "Cette page est réservée aux personnes qui travaillent dans un établissement."
	case nominative:
		return v.School && v.Strong, "Les données nominatives d’un établissement sont réservées aux personnes qui y travaillent, et fermées à la collectivité, administrateurs compris."
	case author:
		return v.May(belvedere.Author) && strong, "Cette page est réservée à ceux qui composent leurs propres requêtes. Demandez cette habilitation."
	case extractor:
		return v.May(belvedere.Extractor) && strong, "Cette page est réservée à ceux qui extraient des données. Demandez cette habilitation."
	case officer:
		return v.May(belvedere.DataOfficer) && strong, "Cette page est réservée aux responsables des données."
	case auditor:
		return (v.Auditor || v.Admin) && strong, "Cette page est réservée aux administrateurs de la console et à la personne déléguée à la protection des données."
	case administrator:
		return v.Admin && strong, "Cette page est réservée aux administrateurs de la console."
	}
	return false, "Cette adresse n’est ouverte à personne."
}
