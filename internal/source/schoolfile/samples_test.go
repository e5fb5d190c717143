package schoolfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/source/schoolfile"
)

// Reasons of samples that are not read.
const (
	settings = "c’est un texte ou un fichier de réglages"
	card     = "C’est une fiche d’étudiant du portail d’Apogée"
	schools  = "C’est une liste d’établissements"
	private  = "C’est un fichier d’import vers SIECLE, écrit par un logiciel privé"
	lsuCodes = "Ce sont les nomenclatures du livret scolaire unique (LSU)"
)

// fates are what becomes of each sample: the code of its format, or a part of the reason, in
// French, why it is not read.
var fates = map[string]string{
	"PROVENANCE.md": settings,

	"aaf/ENT_Complet_20130117_EtabEducNat_0000.xml":                            "aaf_structure",
	"aaf/ENT_Complet_20130117_MatiereEducNat_0000.xml":                         "aaf_matiere",
	"aaf/ENT_Complet_20130117_MefEducNat_0000.xml":                             "aaf_mef",
	"aaf/ENT_Complet_20200101_Eleve_0000.xml":                                  "aaf_eleve",
	"aaf/ENT_Complet_20200101_EtabEducNat_0000.xml":                            "aaf_structure",
	"aaf/derived_ENT_Complet_20130117_Eleve_0000.xml":                          "aaf_eleve",
	"aaf/derived_ENT_Complet_20130117_PersEducNat_0000.xml":                    "aaf_personnel",
	"aaf/derived_ENT_Complet_20130117_PersRelEleve_0000.xml":                   "aaf_responsable",
	"aaf/ficAlimMENESR.dtd":                                                    "C’est une DTD",
	"aaf/positions_after/ENT2DVA-ENT16_Complet_20240916_PersEducNat_0000.xml":  "aaf_personnel",
	"aaf/positions_before/ENT2DVA-ENT16_Complet_20240916_EtabEducNat_0000.xml": "aaf_structure",
	"aaf/positions_before/ENT2DVA-ENT16_Complet_20240916_PersEducNat_0000.xml": "aaf_personnel",

	"apogee/maquette_REMPLIE_constructed_latin1.txt": "apogee_maquette",
	"apogee/maquette_VIDE_latin1.txt":                "apogee_maquette",
	"apogee/maquette_VIDE_ragged_rows_latin1.txt":    "apogee_maquette",
	"apogee/scodoc_default-etapes.txt":               settings,
	"apogee/scodoc_etapes.xml":                       "C’est une liste d’étapes d’Apogée pour ScoDoc",
	"apogee/scodoc_etud_minimal_template.xml":        card,
	"apogee/scodoc_etud_template.xml":                card,
	"apogee/scodoc_format_import_etudiants.txt":      settings,

	"constructed/EXPECTED_ANOMALIES.md":        settings,
	"constructed/EXP_COURS.xml":                "edt_cours",
	"constructed/EXP_COURS_utf16.csv":          "edt_cours",
	"constructed/ElevesSansAdresses.xml":       "siecle_eleves",
	"constructed/ResponsablesAvecAdresses.xml": "siecle_responsables",
	"constructed/emp_sts_0999901Z_2026.xml":    "emp_sts",
	"constructed/sts_emp_0999901Z_2026.xml":    "sts_emp",

	"ent_csv/admin_CSV_Eleves.csv":          "ent_eleves",
	"ent_csv/admin_CSV_Enseignants.csv":     "ent_enseignants",
	"ent_csv/admin_CSV_Invites.csv":         "ent_invites",
	"ent_csv/admin_CSV_Parents.csv":         "ent_responsables",
	"ent_csv/admin_CSV_Personnels.csv":      "ent_personnels",
	"ent_csv/directory_CSV_Eleves.csv":      "ent_eleves",
	"ent_csv/directory_CSV_Enseignants.csv": "ent_enseignants",
	"ent_csv/directory_CSV_Invites.csv":     "ent_invites",
	"ent_csv/directory_CSV_Parents.csv":     "ent_responsables",
	"ent_csv/directory_CSV_Personnels.csv":  "ent_personnels",

	"lsu/LSUN_nomenclatures.xml":        lsuCodes,
	"lsu/LSUN_nomenclatures_201804.xml": lsuCodes,
	"lsu/sample-bilan-complet.xml":      "C’est un fichier d’import du livret scolaire unique (LSU) : il porte les bilans",

	"moodle/example_admin_role.csv":               "ni un fichier XML ni un tableau",
	"moodle/example_course_dates.csv":             "colonnes (id, shortname, startdate, enddate) ne sont d’aucun format connu",
	"moodle/example_course_shortnames.csv":        "colonnes (shortname, id) ne sont d’aucun format connu",
	"moodle/example_database_data.csv":            "moodle_logstore",
	"moodle/example_deleted_users.csv":            "ni un fichier XML ni un tableau",
	"moodle/example_manager_role.csv":             "ni un fichier XML ni un tableau",
	"moodle/example_non_editing_teacher_role.csv": "colonnes (courseid, userid) ne sont d’aucun format connu",
	"moodle/example_platform_logs.csv":            "moodle_journal",
	"moodle/example_student_role.csv":             "colonnes (courseid, userid) ne sont d’aucun format connu",
	"moodle/example_teacher_role.csv":             "colonnes (courseid, userid) ne sont d’aucun format connu",

	"onde_1d/CSVExtraction-eleves.csv":       "onde_eleves",
	"onde_1d/CSVExtraction-enseignants.csv":  "onde_enseignants",
	"onde_1d/CSVExtraction-responsables.csv": "onde_responsables",

	"siecle/ElevesAvecAdresses_malformed.xml":                      "siecle_eleves",
	"siecle/ElevesAvecAdresses_v3.0_2eleves.xml":                   "siecle_eleves",
	"siecle/ElevesAvecAdresses_v3.0_division_et_groupe.xml":        "siecle_eleves",
	"siecle/Nomenclature_v3.1_modalite_double.xml":                 "siecle_nomenclature",
	"siecle/Nomenclature_v3.1_simple.xml":                          "siecle_nomenclature",
	"siecle/Nomenclature_v3.1_tout_niveau.xml":                     "siecle_nomenclature",
	"siecle/ResponsablesAvecAdresses_v2.1.xml":                     "siecle_responsables",
	"siecle/extraction_eleves_2018_cp1252.csv":                     "siecle_extraction",
	"siecle/extraction_eleves_2019_cp1252.csv":                     "siecle_extraction",
	"siecle/klepsydrix_ElevesAvecAdresses_0750001A_2026.xml":       "siecle_eleves",
	"siecle/klepsydrix_ResponsablesAvecAdresses_0750001A_2026.xml": "siecle_responsables",
	"siecle/pix_broken.xml":                                        "siecle_eleves",
	"siecle/pix_duplicate_ine.xml":                                 "siecle_eleves",
	"siecle/pix_two_valid_students.xml":                            "siecle_eleves",
	"siecle_prive/IMPORT_ELEVES.xml":                               private,
	"siecle_prive/IMPORT_ELEVES_malformed.xml":                     private,

	"sts/klepsydrix_emp_sts_0750001A_2026.xml": "emp_sts",
	"sts/klepsydrix_sts_emp_0750001A_2026.xml": "sts_emp",

	"uai/gepi_ac16_Toulouse.csv":    schools,
	"uai/gepi_d031_Hte-Garonne.csv": schools,
	"uai/scodoc_etablissements.csv": schools,
}

// unreadable are samples of a known format that are broken on purpose, with a part of what is
// said of them.
var unreadable = map[string]string{
	"siecle/ElevesAvecAdresses_malformed.xml": "mal formé (ligne 139, colonne 7)",
	"siecle/pix_broken.xml":                   "est tronqué",
}

// TestSamples gives every sample the fate that the table says, and no other format recognises it.
// A sample that the table does not name fails, and so does a name without its sample.
func TestSamples(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(samples, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			t.Skip("no samples beside the project")
		}
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, samples+string(filepath.Separator)))
		seen[name] = true
		want, ok := fates[name]
		if !ok {
			t.Errorf("no fate is said of %s", name)
			return nil
		}
		t.Run(name, func(t *testing.T) { fate(t, name, data, want) })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range fates {
		if !seen[name] {
			t.Errorf("%s is not among the samples", name)
		}
	}
}

func fate(t *testing.T, name string, data []byte, want string) {
	f, err := open(data)
	if err != nil || len(f.Entries) != 1 {
		t.Fatalf("%+v, %v", f, err)
	}
	start := data[:min(len(data), 64<<10)]
	n := 0
	for _, f := range schoolfile.Formats() {
		if f.Detect(start) {
			n++
		}
	}
	e, read := f.Entries[0], schoolfile.ByCode(want) != nil
	why := strings.NewReplacer(belvedere.NoBreak, " ", belvedere.NarrowSpace, " ").Replace(e.Why)
	switch {
	case read && (e.Format == nil || e.Format.Code != want || n != 1):
		t.Errorf("not read as %s: %+v, %s, by %d formats", want, e.Format, why, n)
	case !read && (e.Format != nil || !strings.Contains(why, want)):
		t.Errorf("not refused with %q: %+v, %q", want, e.Format, why)
	}
	if !read {
		return
	}
	q := &quiet{}
	err = e.Read(q)
	if broken, ok := unreadable[name]; ok {
		if belvedere.KindOf(err) != belvedere.Invalid || !strings.Contains(belvedere.Message(err), broken) {
			t.Errorf("broken, and read with %v", err)
		}
	} else if err != nil || q.records == 0 {
		t.Errorf("%d records, %v", q.records, err)
	}
}
