package ingest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"belvedere"
)

// incoming is the folder of files that are not complete yet.
const incoming = "arrivee"

// A landing folder keeps every file as it was received, named by its sha256. Names from
// outside never reach it, and os.Root keeps every path inside.
type landing struct {
	root  *os.Root
	dir   string
	syncs chan struct{} // turns at the disk: each sync holds a thread of the system

	arriving sync.RWMutex // held while a file has its name and no delivery yet, and by who erases one
}

// mostSyncs bounds the files that are made durable at once.
const mostSyncs = 8

func openLanding(dir string) (*landing, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(abs, incoming), 0o700); err != nil {
		return nil, diskError(err)
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, err
	}
	return &landing{root: root, dir: abs, syncs: make(chan struct{}, mostSyncs)}, nil
}

func (l *landing) close() error { return l.root.Close() }

// A landed file is on disk for good, under its hash.
type landed struct {
	sha256 string
	size   int64
	named  func() // to be called once a delivery names it, or none will: nobody erases it before
}

// receive streams a body of at most limit bytes to disk. When it returns without error, file
// and folders are synced.
func (l *landing) receive(body io.Reader, limit int64) (_ landed, err error) {
	temp := path.Join(incoming, rand.Text())
	f, err := l.root.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o400)
	if err != nil {
		return landed{}, diskError(err)
	}
	defer func() {
		f.Close()
		if err != nil {
			l.root.Remove(temp)
		}
	}()
	sum := sha256.New()
	size, err := copyBody(f, sum, body, limit)
	if err != nil {
		return landed{}, err
	}
	if size == 0 {
		return landed{}, errorf(belvedere.Invalid, "Le fichier est vide : il ne contient aucun octet. Exportez-le de nouveau, puis renvoyez-le.")
	}
	l.syncs <- struct{}{}
	defer func() { <-l.syncs }()
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return landed{}, diskError(err)
	}
	file := landed{hex.EncodeToString(sum.Sum(nil)), size, l.arriving.RUnlock}
	l.arriving.RLock()
	if err := l.settle(temp, file.sha256); err != nil {
		l.arriving.RUnlock()
		return landed{}, diskError(err)
	}
	return file, nil
}

// settle gives a complete file its name. The name holds the content, so that replacing a file
// of the same name changes nothing, or mends it.
func (l *landing) settle(temp, sha string) error {
	name := landedName(sha)
	folder := path.Dir(name)
	made := l.root.Mkdir(folder, 0o700)
	if made != nil && !errors.Is(made, fs.ErrExist) {
		return made
	}
	if err := l.root.Rename(temp, name); err != nil {
		return err
	}
	if err := l.sync(folder); err != nil {
		return err
	}
	if made == nil {
		return l.sync(".")
	}
	return nil
}

// sync makes the names in a folder durable.
func (l *landing) sync(folder string) error {
	d, err := l.root.Open(folder)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// copyBody tells apart what the sender and what the disk did wrong.
func copyBody(f, sum io.Writer, body io.Reader, limit int64) (size int64, err error) {
	buf := make([]byte, 256<<10)
	for {
		n, rerr := body.Read(buf)
		if size += int64(n); size > limit {
			return size, errorf(belvedere.TooLarge, "Le fichier dépasse la taille permise (%s). Découpez-le par établissement ou par période.", bytesText(limit))
		}
		if n > 0 {
			sum.Write(buf[:n])
			if _, err := f.Write(buf[:n]); err != nil {
				return size, diskError(err)
			}
		}
		if errors.Is(rerr, io.EOF) {
			return size, nil
		}
		if rerr != nil {
			if belvedere.KindOf(rerr) != belvedere.Internal {
				return size, rerr
			}
			return size, wrapf(belvedere.Invalid, rerr, "La réception s’est interrompue après %s. Renvoyez le fichier.", bytesText(size))
		}
	}
}

// open gives the file of a hash.
func (l *landing) open(sha string) (*os.File, error) {
	if !validSHA(sha) {
		return nil, fmt.Errorf("%q is no sha256", sha)
	}
	f, err := l.root.Open(landedName(sha))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, wrapf(belvedere.Unavailable, err, "Le fichier reçu manque dans le dossier d’arrivée. Restaurez-le d’une sauvegarde.")
	}
	return f, err
}

// verify reads a file through and compares it with its name.
func (l *landing) verify(sha string) error {
	f, err := l.open(sha)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != sha {
		return errorf(belvedere.Unavailable, "Le fichier reçu a été modifié dans le dossier d’arrivée : son empreinte ne correspond plus. Restaurez-le d’une sauvegarde.")
	}
	return nil
}

// path is where the engine finds the file of a hash.
func (l *landing) path(sha string) string {
	return filepath.Join(l.dir, filepath.FromSlash(landedName(sha)))
}

// sweep removes what interrupted receptions left, once nobody can still be writing it.
func (l *landing) sweep(now time.Time) error {
	list, err := fs.ReadDir(l.root.FS(), incoming)
	if err != nil {
		return err
	}
	for _, e := range list {
		if info, err := e.Info(); err == nil && now.Sub(info.ModTime()) > 24*time.Hour {
			l.root.Remove(path.Join(incoming, e.Name()))
		}
	}
	return nil
}

func landedName(sha string) string { return sha[:2] + "/" + sha }

func validSHA(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size
}

// diskError gives the failures of a disk that an operator can mend their kind and a message.
func diskError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return wrapf(belvedere.Unavailable, err, "Le disque du serveur est plein : rien n’a été enregistré. Libérez de la place, puis renvoyez le fichier.")
	case errors.Is(err, fs.ErrNotExist):
		return wrapf(belvedere.Unavailable, err, "Le dossier d’arrivée a disparu : rien n’a été enregistré. Restaurez le dossier des données, puis relancez le serveur.")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return wrapf(belvedere.Unavailable, err, "Le dossier d’arrivée ne peut pas être écrit. Vérifiez ses droits.")
	}
	return err
}

// bytesText writes a size as people read it.
func bytesText(n int64) string {
	units := []string{"octets", "Kio", "Mio", "Gio", "Tio"}
	v, unit := float64(n), 0
	for v >= 1024 && unit < len(units)-1 {
		v, unit = v/1024, unit+1
	}
	decimals := 1
	if v == float64(int64(v)) {
		decimals = 0
	}
	return belvedere.FormatNumber(v, decimals) + belvedere.NoBreak + units[unit]
}
