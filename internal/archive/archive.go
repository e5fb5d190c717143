// Package archive puts named files into one sealed file and takes them out again. A sealed file
// is encrypted with a passphrase (age, scrypt), compressed, and ends with a manifest that lists
// every file with its size and SHA-256: a reader knows that nothing is missing, added or altered
// before it hands over the last file. It knows nothing of what the files hold.
package archive

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"path"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/gzip"

	"belvedere"
)

// manifestName is the last entry of an archive.
const manifestName = "manifeste.json"

// plainMark begins an archive without encryption; one with it begins as age does.
const plainMark = "belvedere-sauvegarde-v1\n"

// LeastPassphrase is the shortest passphrase that seals, in characters.
const LeastPassphrase = 12

// A Manifest lists what an archive holds.
type Manifest struct {
	Format  int       `json:"format"`
	Version string    `json:"version"` // of the program that wrote it
	Made    time.Time `json:"faite"`
	Files   []File    `json:"fichiers"`
}

// A File of a manifest.
type File struct {
	Name   string `json:"nom"`
	Size   int64  `json:"taille"`
	SHA256 string `json:"sha256"`
}

// A Writer takes files one after the other. Close must be called, and its error says whether the
// archive is whole.
type Writer struct {
	tar     *tar.Writer
	closers []io.Closer
	list    Manifest
}

// NewWriter begins an archive. An empty passphrase leaves it readable by whoever has the file:
// the caller decides whether that may be.
func NewWriter(w io.Writer, passphrase string, now time.Time) (_ *Writer, err error) {
	out := &Writer{list: Manifest{Format: 1, Version: belvedere.Version, Made: now.UTC()}}
	if passphrase == "" {
		if _, err := io.WriteString(w, plainMark); err != nil {
			return nil, err
		}
	} else {
		if n := len([]rune(passphrase)); n < LeastPassphrase {
			return nil, belvedere.Errorf(belvedere.Invalid, "La phrase de passe compte %d caractères : il en faut au moins %d.", n, LeastPassphrase)
		}
		recipient, err := age.NewScryptRecipient(passphrase)
		if err != nil {
			return nil, err
		}
		sealed, err := age.Encrypt(w, recipient)
		if err != nil {
			return nil, err
		}
		out.closers = append(out.closers, sealed)
		w = sealed
	}
	zip, err := gzip.NewWriterLevel(w, gzip.BestSpeed) // most of what comes is compressed already
	if err != nil {
		return nil, err
	}
	out.closers = append(out.closers, zip)
	out.tar = tar.NewWriter(zip)
	return out, nil
}

// Add puts a file of a known size.
func (w *Writer) Add(name string, size int64, content io.Reader) (err error) {
	defer belvedere.Wrap(&err, "archive.Add(%s)", name)
	if !safe(name) || name == manifestName {
		return fmt.Errorf("unsafe name %q", name)
	}
	sum := sha256.New()
	if err := w.entry(name, size, io.TeeReader(content, sum)); err != nil {
		return err
	}
	w.list.Files = append(w.list.Files, File{name, size, hex.EncodeToString(sum.Sum(nil))})
	return nil
}

func (w *Writer) entry(name string, size int64, content io.Reader) error {
	if err := w.tar.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, Typeflag: tar.TypeReg, Format: tar.FormatPAX}); err != nil {
		return err
	}
	n, err := io.Copy(w.tar, content)
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes came, %d were announced", n, size)
	}
	return err
}

// Close writes the manifest and ends the archive.
func (w *Writer) Close() (Manifest, error) {
	text, err := json.MarshalIndent(w.list, "", "  ")
	if err == nil {
		err = w.entry(manifestName, int64(len(text)), strings.NewReader(string(text)))
	}
	errs := []error{err, w.tar.Close()}
	for i := len(w.closers) - 1; i >= 0; i-- {
		errs = append(errs, w.closers[i].Close())
	}
	return w.list, errors.Join(errs...)
}

// safe tells whether a name stays inside a folder whatever the system.
func safe(name string) bool {
	return name != "" && path.Clean(name) == name && !path.IsAbs(name) && name != ".." && !strings.HasPrefix(name, "../") &&
		!strings.ContainsAny(name, "\\:\x00") && len(name) <= 500
}

// summed reads a file and remembers what it was, and why it could not be read further.
type summed struct {
	io.Reader
	hash hash.Hash
	size int64
	err  error
}

func (s *summed) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	s.hash.Write(p[:n])
	s.size += int64(n)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}
