package demo

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
)

// shapes are the children that an element may have, in their order; "!" follows those that it must
// have. They follow the official specification of SIECLE, the grammars of the exchanges with
// STS-Web and that of the directory.
var shapes = map[string]string{
	"BEE_ELEVES/DONNEES": "ELEVES! OPTIONS! STRUCTURES! BOURSES! ADRESSES!",
	"ELEVES/ELEVE": "ID_NATIONAL INE_RNIE ELENOET ID_ELEVE_ETAB NOM_DE_FAMILLE! PRENOM! PRENOM2 DATE_NAISS! DOUBLEMENT! CODE_PAYS ACCEPTE_SMS DATE_MODIFICATION DATE_SORTIE " +
		"CODE_REGIME! DATE_ENTREE VILLE_NAISS ADRESSE_ID CODE_MOTIF_SORTIE CODE_SEXE CODE_PAYS_NAT CODE_STATUT CODE_MEF CODE_DEPARTEMENT_NAISS ADHESION_TRANSPORT! " +
		"CODE_PROVENANCE SCOLARITE_AN_DERNIER",
	"OPTION/OPTIONS_ELEVE":       "NUM_OPTION! CODE_MODALITE_ELECT! CODE_MATIERE!",
	"STRUCTURES_ELEVE/STRUCTURE": "CODE_STRUCTURE! TYPE_STRUCTURE!",
	"PERSONNES/PERSONNE": "LC_CIVILITE LL_CIVILITE NOM_DE_FAMILLE! NOM_USAGE PRENOM! TEL_PERSONNEL TEL_PORTABLE ACCEPTE_SMS TEL_PROFESSIONNEL MEL COMMUNICATION_ADRESSE " +
		"ADRESSE_ID CODE_PROFESSION",
	"RESPONSABLES/RESPONSABLE_ELEVE": "ELEVE_ID! PERSONNE_ID! NIVEAU_RESPONSABILITE! CODE_PARENTE! PAIE_FRAIS_SCOLAIRES! PERCOIT_LES_AIDES! HEBERGE_ELEVE! A_CONTACTER_EN_PRIORITE!",
	"ADRESSES/ADRESSE": "LIGNE1_ADRESSE! LIGNE2_ADRESSE LIGNE3_ADRESSE LIGNE4_ADRESSE COMMUNE_ETRANGERE CODE_POSTAL! CODE_PAYS CODE_COMMUNE_INSEE LL_PAYS CODE_DEPARTEMENT " +
		"LIBELLE_POSTAL!",
	"BEE_STRUCTURES/DONNEES":    "DIVISIONS! GROUPES!",
	"BEE_NOMENCLATURES/DONNEES": "MEFS! MATIERES! PROGRAMMES! OPTIONS_OBLIGATOIRES! MODALITES_ELECTION! REGIMES LIENS_PARENTE MOTIFS_SORTIE PROVENANCES STATUTS_ELEVE MODALITES_COURS",
	"STS_EDT":                   "PARAMETRES! NOMENCLATURES! DONNEES!",
	"STS_EDT/NOMENCLATURES":     "TAUX_PONDS MODS_COURS MATIERES! MEFS PROGRAMMES",
	"STS_EDT/DONNEES":           "INDIVIDUS! STRUCTURE!",
	"EDT_STS":                   "PARAMETRES! DONNEES!",
	"EDT_STS/DONNEES":           "HORAIRES! ALTERNANCES! SALLES_COURS INDIVIDUS! STRUCTURE!",
	"INDIVIDUS/INDIVIDU":        "SEXE CIVILITE NOM_USAGE NOM_PATRONYMIQUE PRENOM DATE_NAISSANCE GRADE FONCTION PROFS_PRINC DISCIPLINES INDEMNITES",
	"STRUCTURE/DIVISIONS":       "DIVISION!",
	"SERVICES/SERVICE":          "HEURES_STRUCTURE CO_ENS ENSEIGNANTS!",
	"ENSEIGNANTS/ENSEIGNANT":    "HEURES_AGENT TAUX_PONDERATION COURS_RATTACHES",
	"COURS_RATTACHES/COURS":     "CODE_ALTERNANCE! JOUR! HEURE_DEBUT! DUREE! CODE_SALLE",
	"TABLE/Cours":               strings.Join(edtColumns, "! ") + "!",
	"ficAlimMENESR/addRequest":  "operationalAttributes! identifier! attributes!",
	"attributes/attr":           "value!",
}

// TestShapes reads every XML file with the parser of the language and compares its elements with the shapes.
func TestShapes(t *testing.T) {
	met := map[string]bool{}
	for _, s := range schoolFiles(t) {
		for _, f := range s.Files {
			if !strings.HasSuffix(f.Path, ".csv") {
				shape(t, f, met)
			}
		}
	}
	for path := range shapes {
		if !met[path] {
			t.Errorf("no file has %s", path)
		}
	}
}

func shape(t *testing.T, f SchoolFile, met map[string]bool) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(content(t, f)))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { // names of elements are ASCII, and nothing else matters here
		data, err := io.ReadAll(in)
		for i, c := range data {
			data[i] = min(c, 0x7F)
		}
		return bytes.NewReader(data), err
	}
	type open struct {
		name     string
		children []string
	}
	stack := []open{{}}
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", f.Name(), err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			top := &stack[len(stack)-1]
			top.children = append(top.children, x.Name.Local)
			stack = append(stack, open{name: x.Name.Local})
		case xml.EndElement:
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if top.name != x.Name.Local {
				t.Fatalf("%s: %s ends %s", f.Name(), x.Name.Local, top.name)
			}
			for _, path := range []string{top.name, stack[len(stack)-1].name + "/" + top.name} {
				if want, ok := shapes[path]; ok {
					met[path] = true
					if problem := fits(top.children, strings.Fields(want)); problem != "" {
						t.Fatalf("%s: %s: %s in %v", f.Name(), path, problem, top.children)
					}
				}
			}
		}
	}
}

// content is an XML file, out of its archive.
func content(t *testing.T, f SchoolFile) []byte {
	t.Helper()
	if !strings.HasSuffix(f.Path, ".zip") {
		data, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	z, err := zip.OpenReader(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	in, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// fits tells what is wrong with the children of an element.
func fits(children, want []string) string {
	at := 0
	for _, c := range children {
		i := slices.IndexFunc(want, func(w string) bool { return strings.TrimSuffix(w, "!") == c })
		if i < 0 {
			return "no place for " + c
		}
		if i < at {
			return c + " comes too late"
		}
		at = i
	}
	for _, w := range want {
		if name, must := strings.CutSuffix(w, "!"); must && !slices.Contains(children, name) {
			return name + " is missing"
		}
	}
	return ""
}
