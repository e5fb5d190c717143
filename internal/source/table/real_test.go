package table_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"belvedere/internal/source/table"
)

// readFile takes the only member of a file on disk to its end.
func readFile(t testing.TB, path string) reading {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	a, err := table.Open(f, info.Size(), filepath.Base(path), table.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	r := drain(t, a.Members[0], table.Options{})
	if r.err == nil && r.offset != info.Size() {
		t.Errorf("%s: offset %d at the end of %d bytes", path, r.offset, info.Size())
	}
	return r
}

// TestOpenData reads every public table with the number of rows that its readme announces.
func TestOpenData(t *testing.T) {
	dir := shared(t, "data")
	tests := []struct {
		file      string
		rows      int
		columns   int
		delimiter byte
	}{
		{"dept35/fr-en-annuaire-education.csv", 996, 0, ';'},
		{"dept35/fr-en-ecoles-effectifs-nb_classes.csv", 2704, 0, ';'},
		{"dept35/fr-en-college-effectifs-niveau-sexe-lv.csv", 374, 0, ';'},
		{"dept35/fr-en-effectifs-second-degre.csv", 823, 0, ';'},
		{"dept35/fr-en-carte-scolaire-colleges-publics.csv", 5416, 0, ';'},
		{"dept35/fr-en-adresse-et-geolocalisation-etablissements-premier-et-second-degre.csv", 117, 0, ';'},
		{"colleges_fr/geolocalisation_colleges.csv", 7654, 0, ';'},
		{"colleges_fr/ips_colleges_2023.csv", 6973, 4, ';'},
		{"colleges_fr/ivac_2022_2023.csv", 13237, 0, ';'},
		{"ips_fr/ips-ecoles.A.csv", 30059, 0, ';'},
		{"ips_fr/ips-colleges.A.csv", 6973, 0, ';'},
		{"ips_fr/ips-colleges.B.csv", 6973, 0, ';'},
		{"kpiesr/operateurs-indicateurs-financiers.2020-10-03.csv", 1495, 0, ';'},
		{"kpiesr/operateurs-indicateurs-financiers.2021-11-16.csv", 1718, 0, ';'},
		{"kpiesr/operateurs-indicateurs-financiers.2022-11-05.csv", 1950, 0, ';'},
		{"kpiesr/effectifs-etudiants-hcp.2022-09-16.csv", 2288, 0, ';'},
		{"kpiesr/fr-esr-principaux-etablissements-enseignement-superieur.csv", 250, 0, ';'},
		{"oulad/studentInfo.csv", 32593, 12, ','},
		{"oulad/studentAssessment.csv", 173912, 5, ','},
		{"oulad/studentRegistration.csv", 32593, 5, ','},
		{"oulad/assessments.csv", 206, 6, ','},
		{"oulad/courses.csv", 22, 3, ','},
		{"oulad/vle.csv", 6364, 6, ','},
		{"nantes_cantines/tests/data/raw/frequentation.csv", 94633, 5, ','},
		{"nantes_cantines/tests/data/raw/menus_tous.csv", 513, 3, ','},
		{"nantes_cantines/tests/data/raw/effectifs.csv", 6, 3, ','},
		{"nantes_cantines/tests/data/raw/cantines.csv", 87, 3, ','},
		{"nantes_cantines/tests/data/calculators/jours_feries.csv", 1107, 3, ','},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			r := readFile(t, filepath.Join(dir, tt.file))
			if r.err != nil || len(r.faults) > 0 {
				t.Fatalf("error %v, faults %v", r.err, r.marks())
			}
			if len(r.rows) != tt.rows || tt.columns > 0 && len(r.header) != tt.columns {
				t.Errorf("%d rows of %d columns, want %d of %d", len(r.rows), len(r.header), tt.rows, tt.columns)
			}
			if want := (table.Format{Kind: table.CSV, Encoding: table.UTF8, Delimiter: tt.delimiter}); r.format != want {
				t.Errorf("read as %+v, want %+v", r.format, want)
			}
		})
	}
}

// TestOpenDataGzip adds up the clicks of five packed files.
func TestOpenDataGzip(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(t, "data"), "oulad", "*.csv.gz"))
	if err != nil || len(files) != 5 {
		t.Fatalf("files %v, error %v", files, err)
	}
	rows := 0
	for _, path := range files {
		r := readFile(t, path)
		if r.err != nil || len(r.faults) > 0 {
			t.Errorf("%s: error %v, faults %v", path, r.err, r.marks())
		}
		rows += len(r.rows)
	}
	if want := 737_471; rows != want {
		t.Errorf("%d clicks, want %d", rows, want)
	}
}

// TestOpenDataSums checks an identity of the primary schools: the text of every field is right,
// not only the number of rows.
func TestOpenDataSums(t *testing.T) {
	r := readFile(t, filepath.Join(shared(t, "data"), "dept35", "fr-en-ecoles-effectifs-nb_classes.csv"))
	column := map[string]int{}
	for i, name := range r.header {
		column[table.Normalise(name)] = i
	}
	year, ok := column[table.Normalise("rentree_scolaire")]
	pupils, ok2 := column[table.Normalise("Nombre total d'élèves")]
	if !ok || !ok2 {
		t.Fatalf("header %q", r.header)
	}
	total := map[string]int{}
	for i, row := range r.rows {
		n, err := strconv.Atoi(row[pupils])
		if err != nil {
			t.Fatalf("line %d: %v", r.lines[i], err)
		}
		total[row[year]] += n
	}
	for year, want := range map[string]int{"2019": 111_629, "2020": 110_324, "2021": 108_848, "2022": 107_729} {
		if total[year] != want {
			t.Errorf("%d pupils in %s, want %d", total[year], year, want)
		}
	}
}

// TestSamples reads files of school applications, in the encodings that they really have.
func TestSamples(t *testing.T) {
	dir := shared(t, "samples")
	tests := []struct {
		file     string
		encoding table.Encoding
		rows     int
	}{
		{"constructed/EXP_COURS_utf16.csv", table.UTF16LE, 5},
		{"ent_csv/admin_CSV_Eleves.csv", table.Windows1252, 7},
		{"ent_csv/directory_CSV_Eleves.csv", table.UTF8, 4},
		{"onde_1d/CSVExtraction-eleves.csv", table.Windows1252, 247},
		{"siecle/extraction_eleves_2018_cp1252.csv", table.Windows1252, 5},
		{"siecle/extraction_eleves_2019_cp1252.csv", table.Windows1252, 5},
		{"moodle/example_platform_logs.csv", table.UTF8, 20},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			r := readFile(t, filepath.Join(dir, tt.file))
			if r.err != nil {
				t.Fatal(r.err)
			}
			if r.format.Encoding != tt.encoding {
				t.Errorf("encoding %s, want %s", r.format.Encoding, tt.encoding)
			}
			if len(r.rows) != tt.rows || len(r.faults) > 0 {
				t.Errorf("%d rows, want %d; faults %s", len(r.rows), tt.rows, r.marks())
			}
		})
	}
}
