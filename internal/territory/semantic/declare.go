package semantic

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"

	"belvedere"
)

// Limits of a declaration file, far above any real one: the YAML library takes minutes on some
// files of 1 MB in one line, or nested thousands deep.
const (
	maxDeclaration = 1 << 20 // bytes
	maxLine        = 5000    // characters
	maxBrackets    = 50      // "[" and "{" still open
)

// Load reads the declarations of the folders given, checks them together and returns the model.
// The first folder is the shipped catalogue; the next ones are a deployment's own and may add
// to it, not replace. The error is a Problems with every mistake found, each with its place.
func Load(fsys ...fs.FS) (*belvedere.Model, error) {
	d := &declarations{model: &belvedere.Model{CodeLists: map[string]*belvedere.CodeList{}}}
	sum := sha256.New()
	for i, folder := range fsys {
		for _, f := range d.files(folder, i > 0) {
			if strings.HasPrefix(f.name, dashboardFolder) {
				continue // see LoadDashboards
			}
			fmt.Fprintf(sum, "%s %d\n%s\n", f.name, len(f.text), f.text)
			d.read(f)
		}
	}
	d.check()
	d.model.Index()
	d.defineAll()
	if len(d.problems) > 0 {
		d.problems.sort()
		return nil, d.problems
	}
	d.model.Version = hex.EncodeToString(sum.Sum(nil))[:16]
	d.model.Index()
	d.model.Share(&belvedere.Members{})
	return d.model, nil
}

// declarations is a catalogue being read: the wire form of its files, then the model.
type declarations struct {
	problems Problems
	model    *belvedere.Model

	catalogs   []*wireCatalog
	codes      []*wireCodes
	datasets   []*wireDataset
	themes     []*wireTheme
	sections   []*wireSection
	forms      []*wireForm
	versions   []*wireDefinitions
	indicators map[*belvedere.Indicator]*wireIndicator
}

// files lists the YAML files of a folder in the order of their paths.
func (d *declarations) files(folder fs.FS, own bool) []*declarationFile {
	var out []*declarationFile
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			// Kinds of person files are of the school tier, and procedures of theirs: each reads its own.
			if name == "persons" || name == "procedures" || name != "." && strings.HasPrefix(entry.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		if ext := path.Ext(name); ext != ".yaml" && ext != ".yml" {
			return nil
		}
		text, err := ReadDeclaration(folder, name)
		if err != nil {
			return err
		}
		f := newDeclarationFile(name, text, own)
		if !d.withinLimits(f) {
			return nil
		}
		out = append(out, f)
		return nil
	})
	if err != nil {
		d.fault(mark{file: newDeclarationFile(".", nil, own)}, "le dossier des déclarations est illisible : %v", err)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].name < out[j].name })
	return out
}

// ReadDeclaration reads a file of a catalogue, of which it gives one byte more than the limit
// when it is too large. What is no file, a pipe or a device, is an error: it may have no end.
func ReadDeclaration(folder fs.FS, name string) (_ []byte, err error) {
	info, err := fs.Stat(folder, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s n’est pas un fichier ordinaire", name)
	}
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxDeclaration+1))
}

// withinLimits notes a file that is too large, or too deep, to be a declaration.
func (d *declarations) withinLimits(f *declarationFile) bool {
	if len(f.text) > maxDeclaration {
		d.fault(f.at(1, 1), "le fichier dépasse 1 Mo")
		return false
	}
	open := 0
	for i, line := range f.lines {
		if len(line) > maxLine {
			d.fault(f.at(i+1, 1), "la ligne dépasse %d caractères", maxLine)
			return false
		}
		open += strings.Count(line, "[") + strings.Count(line, "{") - strings.Count(line, "]") - strings.Count(line, "}")
		if open = max(open, 0); open > maxBrackets {
			d.fault(f.at(i+1, 1), "trop de crochets ou d’accolades ouverts")
			return false
		}
	}
	return true
}

// read decodes one file after the folder that holds it.
func (d *declarations) read(f *declarationFile) {
	root := d.parse(f)
	if root == nil {
		return
	}
	dir, _, inside := strings.Cut(f.name, "/")
	switch {
	case !inside && strings.TrimSuffix(strings.TrimSuffix(f.name, ".yaml"), ".yml") == "catalog":
		d.catalogs = append(d.catalogs, decodeInto[wireCatalog](d, f, root))
	case inside && dir == "codes":
		d.codes = append(d.codes, decodeInto[wireCodes](d, f, root))
	case inside && dir == "datasets":
		d.datasets = append(d.datasets, decodeInto[wireDataset](d, f, root))
	case inside && dir == "indicators":
		d.themes = append(d.themes, decodeInto[wireTheme](d, f, root))
	case inside && dir == "pages":
		d.sections = append(d.sections, decodeInto[wireSection](d, f, root))
	case inside && dir == "forms":
		d.forms = append(d.forms, decodeInto[wireForm](d, f, root))
	case inside && dir == "definitions":
		d.versions = append(d.versions, decodeInto[wireDefinitions](d, f, root))
	default:
		d.fault(f.at(1, 1), "ce fichier n’est dans aucun des dossiers codes, datasets, indicators, pages, forms, definitions")
	}
}

// check turns the wire form into the model, in the order in which names are used.
func (d *declarations) check() {
	d.indicators = map[*belvedere.Indicator]*wireIndicator{}
	d.checkWidgets()
	d.checkIdeas()
	d.checkCodes()
	d.checkDatasets()
	d.checkIndicators()
	d.checkPages()
	d.checkForms()
	d.checkAnnex()
}
