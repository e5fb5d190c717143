package siecle

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere/internal/source/record"
	"belvedere/internal/source/sheet"
	"belvedere/internal/source/xmlscan"
)

// extractionFormat is the extraction of pupils with columns that the user chooses, one row for a
// pupil with its options and two guardians (formats.md 1.7). It gives the same kinds as the XML
// exports, which are better: it says neither school nor year and has no ids.
var extractionFormat = record.Format{
	Code: "siecle_extraction", Label: "SIECLE, extraction d’élèves (CSV)",
	Kinds:  []*record.Kind{Pupil, Option, PupilStructure, PupilAddress, Person, Link, Address},
	Detect: extraction.Detect, Read: readExtraction,
}

const (
	mostOptions   = 12
	mostGuardians = 2
)

// wide is a row as it lies in the file, before it is cut into kinds.
var wide = &record.Kind{Name: "siecle_extraction", Doc: "Une ligne de l’extraction (formats.md 1.7).", Fields: wideFields()}

var extraction = &sheet.Layout{Kind: wide, Columns: extractionColumns()}

func wideFields() []string {
	var list []string
	for _, c := range extractionColumns() {
		list = append(list, c.Field)
	}
	slices.Sort(list)
	return list
}

// wideIndex is where the fields of a wide row are.
var wideIndex = func() map[string]int {
	at := map[string]int{}
	for i, name := range wide.Fields {
		at[name] = i
	}
	return at
}()

// extractionColumns are the columns that are kept. Those of guardians have the marks of 2018 or of 2019.
func extractionColumns() []sheet.Column {
	list := []sheet.Column{
		{Field: "nom", Headers: []string{"Nom de famille"}, Needed: true},
		{Field: "prenom", Headers: []string{"Prénom", "Prénom 1"}, Needed: true},
		{Field: "date_naiss", Headers: []string{"Date Naissance", "Date de naissance", "Né(e) le"}, Needed: true},
	}
	add := func(field string, headers ...string) {
		list = append(list, sheet.Column{Field: field, Headers: headers})
	}
	for field, header := range map[string]string{
		"elenoet": "Elève No Etab", "id_eleve_etab": "Num. Elève Etab", "nom_usage": "Nom d'usage", "prenom2": "Prénom 2", "prenom3": "Prénom 3",
		"sexe": "Sexe", "doublement": "Doublement", "id_national": "Id National", "date_entree": "Date Entrée", "date_sortie": "Date Sortie",
		"transport": "Adhésion Transport", "date_modification": "Date Modification", "code_regime": "Code Régime", "code_motif_sortie": "Motif Sortie",
		"code_circuit": "Code Circuit", "code_mef": "Code MEF", "lib_mef": "Lib. MEF", "type_structure": "Type Structure",
		"pays": "Pays", "ligne1": "Ligne Adresse 1", "ligne2": "Ligne Adresse 2", "ligne3": "Ligne Adresse 3", "ligne4": "Ligne Adresse 4",
		"code_postal": "Code Postal", "libelle_postal": "Lib. Postal", "commune_etrangere": "Commune Etrangère",
	} {
		add(field, header)
	}
	add("code_structure", "Code Structure", "Division", "Code Division")
	for n := 1; n <= mostOptions; n++ {
		i := strconv.Itoa(n)
		add("matiere"+i, "Clé Gestion Mat. Enseignée "+i)
		add("modalite"+i, "Code Modalité Elect. "+i)
	}
	for n := 1; n <= mostGuardians; n++ {
		old, now := " Repr. Lég. "+strconv.Itoa(n), []string{" Repr. Lég.", " Autre Repr. Lég."}[n-1]
		for field, header := range map[string]string{
			"civilite": "Civilité", "nom": "Nom de famille", "nom_usage": "Nom d'usage", "prenom": "Prénom", "tel_personnel": "Tél. Personnel",
			"parente": "Lien Parenté", "tel_portable": "Tél. Portable", "tel_professionnel": "Tél. Professionnel", "mel": "Email",
			"communication_adresse": "Communication Adresse postale et courriel", "ligne1": "Ligne Adresse 1", "ligne2": "Ligne Adresse 2",
			"ligne3": "Ligne Adresse 3", "ligne4": "Ligne Adresse 4", "libelle_postal": "Lib. Postal", "code_postal": "Code Postal",
			"commune_etrangere": "Commune Etrangère", "pays": "Pays",
		} {
			add("r"+strconv.Itoa(n)+"_"+field, header+old, header+now)
		}
	}
	return list
}

func readExtraction(in io.Reader, v record.Visitor) error {
	x := &extracting{visitor: v, values: map[*record.Kind][]record.Value{}}
	return sheet.Read(in, extraction, record.Head{Format: "siecle_extraction", Source: source}, v, x.row)
}

// An extracting cuts the rows of one file.
type extracting struct {
	visitor record.Visitor
	wide    record.Record
	values  map[*record.Kind][]record.Value
}

// get is a cell of the row.
func (x *extracting) get(field string) record.Value { return x.wide.Values[wideIndex[field]] }

// name is a cell that holds a name.
func (x *extracting) name(field string) (record.Value, error) {
	v := x.get(field)
	if lost, ok := xmlscan.Lost(x.wide.Line, field, v.Text); ok {
		return v, x.visitor.Fault(lost)
	}
	return v, nil
}

// names adds cells that hold names, whose columns begin with a mark, to those of a row.
func (x *extracting) names(set map[string]record.Value, mark string, fields ...string) (err error) {
	for _, field := range fields {
		if set[field], err = x.name(mark + field); err != nil {
			return err
		}
	}
	return nil
}

// give hands over a row of a kind; the fields that are not set are absent.
func (x *extracting) give(kind *record.Kind, set map[string]record.Value) error {
	values := x.values[kind]
	if values == nil {
		values = make([]record.Value, len(kind.Fields))
		x.values[kind] = values
	}
	clear(values)
	for name, value := range set {
		values[field(kind, name)] = value
	}
	return x.visitor.Record(record.Record{Kind: kind, Values: values, Line: x.wide.Line})
}

func said(text string) record.Value { return record.Value{Text: text, Present: true} }

func (x *extracting) row(r *sheet.Row) error {
	x.wide = r.Record
	id := x.pupilID()
	address := x.address("", "A"+id)
	if err := x.pupil(id, address); err != nil {
		return err
	}
	if address != nil {
		if err := x.give(PupilAddress, address); err != nil {
			return err
		}
	}
	if code := x.get("code_structure"); code.Text != "" {
		kind := x.get("type_structure")
		if kind.Text == "" {
			kind = said("D") // the extraction lists pupils by division
		}
		if err := x.give(PupilStructure, map[string]record.Value{"eleve_id": said(id), "code_structure": code, "type_structure": kind}); err != nil {
			return err
		}
	}
	if err := x.options(id); err != nil {
		return err
	}
	for n := 1; n <= mostGuardians; n++ {
		if err := x.guardian(id, "r"+strconv.Itoa(n)+"_"); err != nil {
			return err
		}
	}
	return nil
}

// pupilID makes up the id that the extraction has not: it must be the same in the next one.
func (x *extracting) pupilID() string {
	if n := x.get("elenoet").Text; n != "" {
		return "E" + n
	}
	if ine := x.get("id_national").Text; ine != "" {
		return "I" + ine
	}
	return "N" + x.get("nom").Text + "/" + x.get("prenom").Text + "/" + day(x.get("date_naiss")).Text
}

func (x *extracting) pupil(id string, address map[string]record.Value) error {
	set := map[string]record.Value{
		"eleve_id": said(id), "ine": x.get("id_national"), "code_sexe": sex(x.get("sexe")),
		"date_naiss": day(x.get("date_naiss")), "date_entree": day(x.get("date_entree")), "date_sortie": day(x.get("date_sortie")),
		"date_modification": day(x.get("date_modification")), "doublement": yes(x.get("doublement")), "adhesion_transport": yes(x.get("transport")),
	}
	for _, name := range []string{"elenoet", "id_eleve_etab", "id_national", "code_regime", "code_mef", "lib_mef", "code_circuit", "code_motif_sortie"} {
		set[name] = x.get(name)
	}
	if err := x.names(set, "", "nom", "nom_usage", "prenom", "prenom2", "prenom3"); err != nil {
		return err
	}
	if address != nil {
		set["adresse_id"] = address["adresse_id"]
	}
	return x.give(Pupil, set)
}

func (x *extracting) options(id string) error {
	for n := 1; n <= mostOptions; n++ {
		i := strconv.Itoa(n)
		key := x.get("matiere" + i)
		if key.Text == "" {
			continue
		}
		err := x.give(Option, map[string]record.Value{"eleve_id": said(id), "num_option": said(i), "code_modalite_elect": x.get("modalite" + i), "code_gestion": key})
		if err != nil {
			return err
		}
	}
	return nil
}

// guardian gives the guardian whose columns begin with a mark, with link and address.
func (x *extracting) guardian(pupil, mark string) error {
	name, first := x.get(mark+"nom"), x.get(mark+"prenom")
	if name.Text == "" && first.Text == "" {
		return nil
	}
	id := "R" + pupil + "/" + name.Text + "/" + first.Text
	set := map[string]record.Value{"personne_id": said(id)}
	for _, field := range []string{"civilite", "tel_personnel", "tel_portable", "tel_professionnel", "mel"} {
		set[field] = x.get(mark + field)
	}
	if err := x.names(set, mark, "nom", "nom_usage", "prenom"); err != nil {
		return err
	}
	set["communication_adresse"] = yes(x.get(mark + "communication_adresse"))
	address := x.address(mark, "A"+id)
	if address != nil {
		set["adresse_id"] = address["adresse_id"]
		if err := x.give(Address, address); err != nil {
			return err
		}
	}
	if err := x.give(Person, set); err != nil {
		return err
	}
	link := map[string]record.Value{"eleve_id": said(pupil), "personne_id": said(id), "niveau": said("1"), "code_parente": x.get(mark + "parente")}
	if kin := kinshipLabel(x.get(mark + "parente").Text); kin != "" {
		link["parente"] = said(kin)
	}
	return x.give(Link, link)
}

// address is the address whose columns begin with a mark, nil when all of it is empty.
func (x *extracting) address(mark, id string) map[string]record.Value {
	set := map[string]record.Value{}
	filled := false
	for to, from := range map[string]string{"ligne1_adresse": "ligne1", "ligne2_adresse": "ligne2", "ligne3_adresse": "ligne3", "ligne4_adresse": "ligne4",
		"code_postal": "code_postal", "libelle_postal": "libelle_postal", "commune_etrangere": "commune_etrangere", "ll_pays": "pays"} {
		set[to] = x.get(mark + from)
		filled = filled || set[to].Text != "" && to != "ll_pays"
	}
	if !filled {
		return nil
	}
	set["adresse_id"] = said(id)
	return set
}

// day reads a date that a spreadsheet may have made a number of days since 1900.
func day(v record.Value) record.Value {
	n, err := strconv.Atoi(v.Text)
	if err != nil || n < 1 || n > 99_999 {
		return v
	}
	return said(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n).Format("02/01/2006"))
}

// yes reads "O" and "N" as the XML exports write them.
func yes(v record.Value) record.Value {
	if f := flag(v.Text); f != "" {
		v.Text = f
	}
	return v
}

func sex(v record.Value) record.Value {
	switch strings.ToUpper(v.Text) {
	case "M", "G":
		v.Text = "1"
	case "F":
		v.Text = "2"
	}
	return v
}

// kinshipLabel gives the code of a kinship by its label, "" for one that is unknown.
func kinshipLabel(label string) string {
	for code, start := range map[string]string{"10": "MERE", "20": "PERE", "37": "FRATRIE", "38": "ASCENDANT", "39": "AUTRE MEMBRE",
		"41": "EDUCATEUR", "42": "ASSISTANT", "50": "TUTEUR", "51": "AIDE SOC", "70": "ELEVE", "90": "AUTRE CAS"} {
		if strings.HasPrefix(strings.NewReplacer("È", "E", "É", "E").Replace(strings.ToUpper(label)), start) {
			return code
		}
	}
	return ""
}
