package table

import (
	"archive/zip"
	"cmp"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"belvedere"
)

// A directoryReader reads the directory of a zip within a budget, so that a million entries are
// refused before they are held in memory.
type directoryReader struct {
	io.ReaderAt
	left int64
}

var errDirectory = errors.New("zip directory over the limit")

func (d *directoryReader) ReadAt(p []byte, off int64) (int, error) {
	if d.left -= int64(len(p)); d.left < 0 {
		return 0, errDirectory
	}
	return d.ReaderAt.ReadAt(p, off)
}

// openZip finds the tables of a zip.
func openZip(file io.ReaderAt, size int64, name string, lim Limits) (*Archive, error) {
	files, err := readDirectory(file, size, lim)
	if err != nil {
		return nil, err
	}
	if isWorkbook(files) {
		return openWorkbook(file, files, name, lim)
	}
	if isOpenDocument(files) {
		return openODS(file, files, name, lim)
	}
	if err := checkWorkbook(files); err != nil {
		return nil, err
	}
	a := &Archive{Name: name, Packing: Zip}
	for _, f := range files {
		if err := a.addEntry(file, f, lim); err != nil {
			return nil, err
		}
	}
	return a, a.checkFound()
}

// readDirectory checks the whole directory of a zip before a byte is unpacked.
func readDirectory(file io.ReaderAt, size int64, lim Limits) ([]*zip.File, error) {
	const search, entry = 256 << 10, 1 << 10 // to find the directory; for each of its entries
	dir := &directoryReader{file, search + int64(lim.Entries)*entry}
	z, err := zip.NewReader(dir, size)
	switch {
	case errors.Is(err, errDirectory):
		return nil, tooManyEntries(lim)
	case errors.Is(err, zip.ErrInsecurePath):
	case err != nil:
		return nil, &belvedere.Error{Kind: belvedere.Invalid, Cause: err,
			Message: french("L’archive ZIP est incomplète ou abîmée : sa table des matières est illisible. Refaites-la, puis renvoyez-la.")}
	}
	dir.left = size + search // local headers, read once each
	return z.File, checkEntries(z.File, size, lim)
}

// addEntry identifies one entry. Its error refuses the archive.
func (a *Archive) addEntry(file io.ReaderAt, f *zip.File, lim Limits) error {
	m, err := entryMember(file, f, lim)
	if m == nil || err != nil {
		return err
	}
	switch err := m.identify(1); {
	case errors.Is(err, errNoTable):
		a.Skipped = append(a.Skipped, Skipped{m.Name, belvedere.Message(err)})
	case err != nil:
		return err
	default:
		a.Members = append(a.Members, m)
	}
	return nil
}

// entryMember is an entry of a zip; none for a folder and for what systems add by themselves.
func entryMember(file io.ReaderAt, f *zip.File, lim Limits) (*Member, error) {
	name := entryName(f)
	if f.FileInfo().IsDir() || ignorable(name) {
		return nil, nil
	}
	offset, err := f.DataOffset()
	if err != nil {
		return nil, place{member: name}.broken(err, 0)
	}
	return &Member{Name: name, Size: int64(f.UncompressedSize64), lim: lim, open: entryReader(file, f, offset, lim)}, nil
}

// entryReader opens an entry, held to the size and checksum of the directory.
func entryReader(file io.ReaderAt, f *zip.File, offset int64, lim Limits) func() (io.Reader, *counter, error) {
	packed := part(file, offset, int64(f.CompressedSize64))
	return func() (io.Reader, *counter, error) {
		r, c, _ := packed()
		if f.Method == zip.Deflate {
			r = inflate(r)
		}
		r = newSealed(r, int64(f.UncompressedSize64), f.CRC32)
		return &guard{src: r, packed: c, lim: lim}, c, nil
	}
}

// checkFound refuses an archive without a table.
func (a *Archive) checkFound() error {
	switch {
	case len(a.Members) > 0:
		return nil
	case len(a.Skipped) == 1:
		return belvedere.Errorf(belvedere.Invalid, "%s", a.Skipped[0].Why)
	}
	return refusal(belvedere.Invalid, "L’archive ne contient aucun tableau. Mettez-y un fichier CSV, NDJSON ou Parquet, puis renvoyez-la.")
}

// checkEntries looks at what the directory announces: no way out of a folder, nothing hidden
// behind another name, nothing too large.
func checkEntries(files []*zip.File, size int64, lim Limits) error {
	if len(files) > lim.Entries {
		return tooManyEntries(lim)
	}
	seen := make(map[string]bool, len(files))
	var unpacked, packed uint64
	for _, f := range files {
		name := entryName(f)
		if why := entryDefect(f, name); why != "" {
			return refusal(belvedere.Invalid, "L’archive est refusée : son entrée « "+excerpt([]byte(name))+" » "+why)
		}
		key := strings.ToLower(strings.TrimSuffix(path.Clean(name), "/"))
		if seen[key] {
			return refusal(belvedere.Invalid, "L’archive est refusée : elle contient deux fois l’entrée « "+excerpt([]byte(name))+" ». Refaites-la.")
		}
		seen[key] = true
		if f.UncompressedSize64 > uint64(lim.Unpacked) || f.CompressedSize64 > uint64(size) {
			return tooBig(lim)
		}
		unpacked += f.UncompressedSize64
		packed += f.CompressedSize64
	}
	if unpacked > uint64(lim.Unpacked) {
		return tooBig(lim)
	}
	if unpacked > freeUnpacking && unpacked/uint64(lim.Ratio) > packed {
		return tooDense(lim)
	}
	return checkOverlap(files, size)
}

// checkWorkbook tells people who send a workbook what to do with it.
func checkWorkbook(files []*zip.File) error {
	for _, f := range files {
		if f.Name == "[Content_Types].xml" {
			return refusal(belvedere.Invalid, "Le fichier est un document Office, non un classeur .xlsx. Enregistrez le tableau au format .xlsx ou CSV UTF-8, puis renvoyez-le.")
		}
		if f.Name == "META-INF/manifest.xml" {
			return refusal(belvedere.Invalid, "Le fichier est un document LibreOffice. Enregistrez le tableau au format .ods, .xlsx ou CSV UTF-8, puis renvoyez-le.")
		}
	}
	return nil
}

// entryDefect tells why an entry refuses the archive, "" when it is sound.
func entryDefect(f *zip.File, name string) string {
	const encrypted = 1 | 1<<6 | 1<<13
	switch {
	case name == "" || path.IsAbs(name) || len(name) > 1 && name[1] == ':':
		return "a un chemin absolu ou vide. Refaites-la avec des chemins relatifs."
	case slices.Contains(strings.Split(name, "/"), ".."):
		return "sort de son dossier (« .. »). Refaites-la avec des chemins simples."
	case strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c == 0x7f }):
		return "a un nom illisible. Refaites-la avec des noms simples."
	case f.Mode()&fs.ModeType&^fs.ModeDir != 0:
		return "est un lien ou un fichier spécial. Mettez-y le fichier lui-même."
	case f.Flags&encrypted != 0:
		return "est chiffrée. Refaites-la sans mot de passe."
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return "utilise une compression qui n’est pas acceptée. Refaites-la avec la compression ZIP ordinaire."
	}
	return ""
}

// checkOverlap refuses entries that share their bytes, by which a small archive unpacks to a large
// one.
func checkOverlap(files []*zip.File, size int64) error {
	type stretch struct{ from, to int64 }
	stretches := make([]stretch, 0, len(files))
	for _, f := range files {
		from, err := f.DataOffset()
		if err != nil {
			return place{member: entryName(f)}.broken(err, 0)
		}
		stretches = append(stretches, stretch{from, from + int64(f.CompressedSize64)})
	}
	slices.SortFunc(stretches, func(a, b stretch) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	end := int64(0)
	for _, s := range stretches {
		if s.from < end || s.to > size {
			return refusal(belvedere.Invalid, "L’archive est refusée : ses entrées se chevauchent, comme dans une archive piégée. Refaites-la.")
		}
		end = s.to
	}
	return nil
}

func tooManyEntries(lim Limits) error {
	return refusal(belvedere.TooLarge, "L’archive contient plus de "+number(int64(lim.Entries))+" fichiers. Découpez-la en plusieurs livraisons.")
}

// entryName is the path of an entry with "/" between folders. Old Windows archives write names
// in the code page of the console.
func entryName(f *zip.File) string {
	name := f.Name
	if f.NonUTF8 {
		if s, err := charmap.CodePage850.NewDecoder().String(name); err == nil {
			name = s
		}
	}
	return strings.ToValidUTF8(strings.ReplaceAll(name, `\`, "/"), "_")
}

// ignorable tells the entries that systems add by themselves.
func ignorable(name string) bool {
	switch path.Base(name) {
	case ".DS_Store", "Thumbs.db", "desktop.ini":
		return true
	}
	return strings.HasPrefix(name, "__MACOSX/")
}
