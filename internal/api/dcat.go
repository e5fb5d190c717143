package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"belvedere/internal/registry"
)

// dcatMedia are the distributions of each dataset in the catalogue: format, title, the media type as IANA names
// it, and the code of the format in the list of the European Union, "" where it has none.
var dcatMedia = []struct{ format, title, mime, code string }{
	{"csv", "CSV", "text/csv", "CSV"}, {"json", "JSON", "application/json", "JSON"}, {"parquet", "Parquet", "application/vnd.apache.parquet", "PARQUET"},
	{"arrow", "Arrow IPC", "application/vnd.apache.arrow.stream", ""}, {"sdmx-csv", "SDMX-CSV 2.0", "application/vnd.sdmx.data+csv", "CSV"},
	{"geojson", "GeoJSON", "application/geo+json", "GEOJSON"},
}

// What DCAT-AP names by the lists of the European Union.
const (
	euLists     = "http://publications.europa.eu/resource/authority/"
	euAccess    = euLists + "access-right/RESTRICTED"
	euTheme     = euLists + "data-theme/EDUC"
	euFrequency = euLists + "frequency/IRREG"
	euFrench    = euLists + "language/FRA"
	euFrance    = euLists + "country/FRA"
)

const dcatConditions = "Lecture selon les droits du compte ou du jeton, les conventions des établissements et le secret statistique\u202f; réutilisation selon les conventions."

// catalogue describes what the caller may read, as DCAT-AP does: two harvests name the same things alike,
// whatever the address by which the server was asked.
func (s *server) catalogue(r *http.Request) (*node, error) {
	list, _, err := s.described(r)
	if err != nil {
		return nil, err
	}
	spans, territory, err := s.Reports.Holdings(r.Context())
	if err != nil {
		return nil, err
	}
	editions, _, err := s.Store.ListEditions(r.Context(), registry.Page{})
	if err != nil {
		return nil, err
	}
	base := s.base(r)
	at := base + "/api/v1/catalogue.jsonld"
	publisher := &node{id: at + "#organisme", class: "foaf:Agent"}
	publisher.say("foaf:name", french(territory))
	conditions := &node{id: at + "#conditions", class: "dct:LicenseDocument"}
	conditions.say("dct:title", french("Conditions de lecture"))
	conditions.say("dct:description", french(dcatConditions))
	contact := &node{id: at + "#contact", class: "vcard:Organization"}
	contact.say("vcard:fn", french(territory))
	contact.say("vcard:hasURL", iri(base+"/"))
	all := &node{id: at, class: "dcat:Catalog"}
	all.say("dct:title", french("Données de l’infocentre, "+territory))
	all.say("dct:description", french("Jeux de données que vos droits ouvrent, par les indicateurs qui les lisent."))
	all.say("dct:publisher", publisher)
	all.say("dct:language", iri(euFrench))
	all.say("dct:license", conditions)
	all.say("dct:spatial", iri(euFrance))
	all.say("foaf:homepage", iri(base+"/"))
	modified := typed{"xsd:dateTime", ""}
	if len(editions) > 0 { // newest first
		modified.text = editions[0].Published.UTC().Format(time.RFC3339)
		all.say("dct:issued", typed{"xsd:dateTime", editions[len(editions)-1].Published.UTC().Format(time.RFC3339)})
		all.say("dct:modified", modified)
	}
	service := &node{id: base + "/api/v1", class: "dcat:DataService"}
	service.say("dct:title", french("API de lecture"))
	service.say("dcat:endpointURL", iri(base+"/api/v1"))
	service.say("dcat:endpointDescription", iri(base+"/api/v1/openapi.json"))
	service.say("dct:license", conditions)
	service.say("dct:accessRights", iri(euAccess))
	for _, d := range list {
		one := &node{id: base + d.Address, class: "dcat:Dataset"}
		one.say("dct:identifier", d.Name)
		one.say("dct:title", french(d.Label))
		one.say("dct:description", french(d.Doc))
		one.say("dct:publisher", publisher)
		one.say("dcat:contactPoint", contact)
		one.say("dct:accessRights", iri(euAccess))
		one.say("dcat:theme", iri(euTheme))
		one.say("dct:accrualPeriodicity", iri(euFrequency))
		one.say("dct:language", iri(euFrench))
		one.say("dct:spatial", iri(euFrance))
		one.say("dct:modified", modified)
		one.say("dcat:landingPage", iri(base+"/indicateurs"))
		for _, i := range d.Indicators {
			one.say("dcat:keyword", french(i.Label))
		}
		if span, ok := spans[d.Name]; ok {
			period := &node{id: one.id + "#periode", class: "dct:PeriodOfTime"}
			period.say("dcat:startDate", typed{"xsd:date", span[0].Format(time.DateOnly)})
			period.say("dcat:endDate", typed{"xsd:date", span[1].Format(time.DateOnly)})
			one.say("dct:temporal", period)
		}
		for _, m := range dcatMedia {
			file := &node{id: base + d.Data + "?format=" + m.format, class: "dcat:Distribution"}
			file.say("dct:title", french(d.Label+", "+m.title))
			file.say("dcat:accessURL", iri(file.id))
			file.say("dcat:mediaType", iri("https://www.iana.org/assignments/media-types/"+m.mime))
			if m.code != "" {
				file.say("dct:format", iri(euLists+"file-type/"+m.code))
			}
			file.say("dct:license", conditions)
			file.say("dcat:accessService", service)
			one.say("dcat:distribution", file)
		}
		all.say("dcat:dataset", one)
		service.say("dcat:servesDataset", iri(one.id))
	}
	all.say("dcat:service", service)
	return all, nil
}

// base is the address under which the server is known.
func (s *server) base(r *http.Request) string {
	switch {
	case s.URL != "":
		return strings.TrimRight(s.URL, "/")
	case s.Secure || r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// catalogueJSON answers the catalogue as JSON-LD.
func (s *server) catalogueJSON(w http.ResponseWriter, r *http.Request) error {
	c, err := s.catalogue(r)
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(c.jsonLD(), "", "  ")
	if err != nil {
		return err
	}
	return s.send(w, r, http.StatusOK, "application/ld+json; charset=utf-8", append(body, '\n'))
}

// catalogueTurtle answers the same catalogue in Turtle.
func (s *server) catalogueTurtle(w http.ResponseWriter, r *http.Request) error {
	c, err := s.catalogue(r)
	if err != nil {
		return err
	}
	return s.send(w, r, http.StatusOK, "text/turtle; charset=utf-8", []byte(c.turtle()))
}
