package demo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"belvedere"
)

// SchoolFiles are the files of one school in the formats of the tools that schools have.
type SchoolFiles struct {
	UAI     belvedere.UAI
	Name    string // "Collège Jean-Moulin"
	Year    belvedere.SchoolYear
	Files   []SchoolFile // in the order of a rentrée
	Defects []Defect     // what is wrong in them; none in sound files
}

// A SchoolFile is one file; Format is what its reader calls it.
type SchoolFile struct{ Format, Path string }

// Name is the file without its folder.
func (f SchoolFile) Name() string { return filepath.Base(f.Path) }

// WriteSchools writes, for two collèges and a general lycée of the département, what SIECLE,
// STS-Web, the timetable tool, the directory of the academy and the log of connections would give
// on the last day: person by person, with the counts that Write delivers. The files of a school
// lie in a folder named after it. The second collège comes again at the end, in a folder of its
// own, with defects planted in its files: it is the same but for what Defects says.
func WriteSchools(ctx context.Context, dir string, o Options) (_ []SchoolFiles, err error) {
	defer belvedere.Wrap(&err, "demo.WriteSchools(%s)", dir)
	if o, err = o.complete(); err != nil {
		return nil, err
	}
	w := newWorld(dir, o)
	var out []SchoolFiles
	for i, index := range append(withFiles[:len(withFiles):len(withFiles)], withFiles[1]) {
		c, err := w.newCampus(w.schools[index])
		if err != nil {
			return nil, err
		}
		folder := string(c.s.uai)
		var defects []Defect
		if i == len(withFiles) {
			folder += "-defauts"
			defects = c.damage()
		}
		files, err := c.write(ctx, filepath.Join(dir, folder))
		if err != nil {
			return nil, err
		}
		out = append(out, SchoolFiles{c.s.uai, c.s.name, c.year, files, defects})
	}
	return out, nil
}

// write writes all files of a school into a folder, which it makes.
func (c *campus) write(ctx context.Context, dir string) ([]SchoolFile, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	uai, day := c.s.uai, c.export.Format("20060102")
	directory := func(category string) string { return fmt.Sprintf("SARVANE_Complet_%s_%s_0000.xml", day, category) }
	steps := []struct {
		format, name string
		write        func(path string) error
	}{
		{"sts_emp", fmt.Sprintf("sts_emp_%s_%d.xml", uai, int(c.year)), c.stsDown},
		{"siecle_nomenclature", "ExportXML_Nomenclature.zip", c.siecleNomenclature},
		{"siecle_communs", "ExportXML_Communs.zip", c.siecleCommon},
		{"siecle_structures", "ExportXML_Structures.zip", c.siecleStructures},
		{"siecle_eleves", "ExportXML_ElevesAvecAdresses.zip", c.sieclePupils},
		{"siecle_responsables", "ExportXML_ResponsablesAvecAdresses.zip", c.siecleGuardians},
		{"edt_cours", "EXP_COURS.xml", c.edtXML},
		{"edt_cours", "EXP_COURS.csv", c.edtTable},
		{"emp_sts", fmt.Sprintf("emp_sts_%s_%d.xml", uai, int(c.year)), c.stsUp},
		{"aaf_structure", directory("EtabEducNat"), c.aafSchool},
		{"aaf_mef", directory("MefEducNat"), c.aafFormations},
		{"aaf_matiere", directory("MatiereEducNat"), c.aafSubjects},
		{"aaf_personnel", directory("PersEducNat"), c.aafStaff},
		{"aaf_responsable", directory("PersRelEleve"), c.aafGuardians},
		{"aaf_eleve", directory("Eleve"), c.aafPupils},
	}
	for _, month := range c.logMonths() {
		steps = append(steps, struct {
			format, name string
			write        func(path string) error
		}{"journal", c.logName(month), func(path string) error { return c.log(ctx, path, month) }})
	}
	var out []SchoolFile
	for _, s := range steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		path := filepath.Join(dir, s.name)
		if err := s.write(path); err != nil {
			return nil, err
		}
		out = append(out, SchoolFile{s.format, path})
	}
	return out, nil
}

// older is a day on which a file was exported long before the others.
func (c *campus) older(days int) time.Time { return c.export.AddDate(0, 0, -days) }
