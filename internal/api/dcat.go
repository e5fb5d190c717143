package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// dcatMedia are the distributions of each dataset in the catalogue: format, title and the media type as IANA names it.
var dcatMedia = []struct{ format, title, mime string }{
	{"csv", "CSV", "text/csv"}, {"json", "JSON", "application/json"}, {"parquet", "Parquet", "application/vnd.apache.parquet"},
	{"arrow", "Arrow IPC", "application/vnd.apache.arrow.stream"}, {"sdmx-csv", "SDMX-CSV 2.0", "application/vnd.sdmx.data+csv"},
	{"geojson", "GeoJSON", "application/geo+json"},
}

const (
	dcatRights  = "Lecture selon les droits du compte ou du jeton, les conventions des établissements et le secret statistique\u202f; réutilisation selon les conventions."
	euAccess    = "http://publications.europa.eu/resource/authority/access-right/RESTRICTED"
	euTheme     = "http://publications.europa.eu/resource/authority/data-theme/EDUC"
	euFrequency = "http://publications.europa.eu/resource/authority/frequency/IRREG"
)

// A dcatCatalog is the datasets as the catalogue describes them.
type dcatCatalog struct {
	base, publisher string
	list            []dcatDataset
}

type dcatDataset struct {
	dataset
	from, to string // days with data, "" without any
}

// dcat gathers what the catalogue says: what the caller may read, and the periods of its data.
func (s *server) dcat(r *http.Request) (*dcatCatalog, error) {
	list, _, err := s.described(r)
	if err != nil {
		return nil, err
	}
	spans, publisher, err := s.Reports.Holdings(r.Context())
	if err != nil {
		return nil, err
	}
	c := &dcatCatalog{base: "http://" + r.Host, publisher: publisher}
	if s.Secure || r.TLS != nil {
		c.base = "https://" + r.Host
	}
	for _, d := range list {
		one := dcatDataset{dataset: d}
		if span, ok := spans[d.Name]; ok {
			one.from, one.to = span[0].Format("2006-01-02"), span[1].Format("2006-01-02")
		}
		c.list = append(c.list, one)
	}
	return c, nil
}

// catalogueJSON answers the catalogue as JSON-LD (DCAT-AP).
func (s *server) catalogueJSON(w http.ResponseWriter, r *http.Request) error {
	c, err := s.dcat(r)
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(c.jsonLD(), "", "  ")
	if err != nil {
		return err
	}
	return s.send(w, r, http.StatusOK, "application/ld+json; charset=utf-8", append(body, '\n'))
}

func (c *dcatCatalog) jsonLD() map[string]any {
	id := func(iri string) map[string]any { return map[string]any{"@id": iri} }
	french := func(text string) map[string]any { return map[string]any{"@language": "fr", "@value": text} }
	publisher := map[string]any{"@type": "foaf:Agent", "foaf:name": french(c.publisher)}
	var list []any
	for _, d := range c.list {
		address := c.base + d.Data
		var files []any
		for _, m := range dcatMedia {
			at := address + "?format=" + m.format
			files = append(files, map[string]any{"@id": at, "@type": "dcat:Distribution", "dct:title": french(m.title), "dcat:mediaType": id("https://www.iana.org/assignments/media-types/" + m.mime),
				"dcat:accessURL": id(at), "dct:license": map[string]any{"@type": "dct:LicenseDocument", "dct:title": french(dcatRights)}})
		}
		one := map[string]any{"@id": address, "@type": "dcat:Dataset", "dct:identifier": d.Name, "dct:title": french(d.Label), "dct:description": french(d.Doc),
			"dct:publisher": publisher, "dct:accessRights": id(euAccess), "dcat:theme": id(euTheme), "dct:accrualPeriodicity": id(euFrequency), "dcat:distribution": files}
		var words []any
		for _, i := range d.Indicators {
			words = append(words, french(i.Label))
		}
		one["dcat:keyword"] = words
		if d.from != "" {
			date := func(day string) map[string]any { return map[string]any{"@type": "xsd:date", "@value": day} }
			one["dct:temporal"] = map[string]any{"@type": "dct:PeriodOfTime", "dcat:startDate": date(d.from), "dcat:endDate": date(d.to)}
		}
		list = append(list, one)
	}
	return map[string]any{
		"@context": map[string]any{"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/", "xsd": "http://www.w3.org/2001/XMLSchema#"},
		"@id":      c.base + "/api/v1/catalogue.jsonld", "@type": "dcat:Catalog", "dct:title": french("Données de l’infocentre, " + c.publisher),
		"dct:description": french("Jeux de données que vos droits ouvrent, par les indicateurs qui les lisent."), "dct:publisher": publisher, "dct:language": "fr", "dcat:dataset": list,
	}
}

// catalogueTurtle answers the same catalogue in Turtle.
func (s *server) catalogueTurtle(w http.ResponseWriter, r *http.Request) error {
	c, err := s.dcat(r)
	if err != nil {
		return err
	}
	return s.send(w, r, http.StatusOK, "text/turtle; charset=utf-8", []byte(c.turtle()))
}

func (c *dcatCatalog) turtle() string {
	var b strings.Builder
	b.WriteString("@prefix dcat: <http://www.w3.org/ns/dcat#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n")
	publisher := "[ a foaf:Agent ; foaf:name " + turtleText(c.publisher) + " ]"
	var names []string
	for _, d := range c.list {
		names = append(names, turtleIRI(c.base+d.Data))
	}
	fmt.Fprintf(&b, "%s a dcat:Catalog ;\n  dct:title %s ;\n  dct:publisher %s", turtleIRI(c.base+"/api/v1/catalogue.jsonld"), turtleText("Données de l’infocentre, "+c.publisher), publisher)
	if len(names) > 0 {
		b.WriteString(" ;\n  dcat:dataset " + strings.Join(names, ", "))
	}
	b.WriteString(" .\n")
	for _, d := range c.list {
		fmt.Fprintf(&b, "\n%s a dcat:Dataset ;\n  dct:identifier %s ;\n  dct:title %s ;\n  dct:description %s ;\n  dct:publisher %s ;\n  dct:accessRights %s ;\n  dcat:theme %s",
			turtleIRI(c.base+d.Data), turtleText(d.Name), turtleText(d.Label), turtleText(d.Doc), publisher, turtleIRI(euAccess), turtleIRI(euTheme))
		if d.from != "" {
			fmt.Fprintf(&b, " ;\n  dct:temporal [ a dct:PeriodOfTime ; dcat:startDate \"%s\"^^xsd:date ; dcat:endDate \"%s\"^^xsd:date ]", d.from, d.to)
		}
		for _, m := range dcatMedia {
			at := turtleIRI(c.base + d.Data + "?format=" + m.format)
			fmt.Fprintf(&b, " ;\n  dcat:distribution [ a dcat:Distribution ; dct:title %s ; dcat:accessURL %s ; dcat:mediaType %s ; dct:license [ a dct:LicenseDocument ; dct:title %s ] ]",
				turtleText(m.title), at, turtleIRI("https://www.iana.org/assignments/media-types/"+m.mime), turtleText(dcatRights))
		}
		b.WriteString(" .\n")
	}
	return b.String()
}

// turtleText writes a literal in French.
func turtleText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s) + `"@fr`
}

// turtleIRI writes an address, without what would end it.
func turtleIRI(s string) string {
	return "<" + strings.Map(func(r rune) rune {
		if r <= ' ' || strings.ContainsRune("<>\"{}|^`\\", r) {
			return -1
		}
		return r
	}, s) + ">"
}
