package dataset

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"belvedere"
)

// A file waits in a folder of its own until someone has said what it is: a day at most, since nobody
// knows yet what it holds. Only the account that left it finds it again.

// waitAtMost is how long a file waits.
const waitAtMost = 24 * time.Hour

// A Waiting is a file that waits.
type Waiting struct {
	ID   string
	Name string // as its sender calls it
	*os.File
	Size int64
}

var waitingID = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// Wait keeps a file of at most so many bytes for an account, and gives the name to ask for it by.
func (s *Service) Wait(owner, fileName string, body io.Reader, most int64) (id string, err error) {
	defer belvedere.Wrap(&err, "dataset.Wait")
	if err := os.MkdirAll(s.Waiting, 0o700); err != nil {
		return "", err
	}
	s.Sweep()
	id = rand.Text()
	path := filepath.Join(s.Waiting, id)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	n, err := io.Copy(f, io.LimitReader(body, most+1))
	switch {
	case err != nil:
	case n > most:
		err = belvedere.Errorf(belvedere.TooLarge, "Le fichier dépasse la taille admise.")
	case n == 0:
		err = belvedere.Errorf(belvedere.Invalid, "Choisissez un fichier\u00a0: celui-ci est vide.")
	default:
		err = os.WriteFile(path+".nom", []byte(owner+"\n"+strings.ReplaceAll(fileName, "\n", " ")), 0o600)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		s.forget(id)
	}
	return id, err
}

// Open opens a file that waits for an account. The caller closes it.
func (s *Service) Open(owner, id string) (_ *Waiting, err error) {
	gone := belvedere.Errorf(belvedere.NotFound, "Ce fichier n’attend plus\u00a0: déposez-le de nouveau.")
	if !waitingID.MatchString(id) {
		return nil, gone
	}
	path := filepath.Join(s.Waiting, id)
	head, err := os.ReadFile(path + ".nom")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, gone
	}
	if err != nil {
		return nil, err
	}
	who, name, _ := strings.Cut(string(head), "\n")
	if who != owner {
		return nil, gone
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, gone
	}
	info, err := f.Stat()
	if err == nil && s.Now().Sub(info.ModTime()) > waitAtMost {
		err = gone
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &Waiting{ID: id, Name: name, File: f, Size: info.Size()}, nil
}

// Forget removes a file that waits for an account.
func (s *Service) Forget(owner, id string) {
	if w, err := s.Open(owner, id); err == nil {
		w.Close()
		s.forget(id)
	}
}

func (s *Service) forget(id string) {
	for _, suffix := range []string{"", ".nom"} {
		if err := os.Remove(filepath.Join(s.Waiting, id+suffix)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.Log.Warn("a waiting file could not be removed", "err", err)
		}
	}
}

// Sweep removes what has waited too long: the server does each hour, since nobody may come any more.
func (s *Service) Sweep() {
	list, err := os.ReadDir(s.Waiting)
	if err != nil {
		return
	}
	for _, e := range list {
		if info, err := e.Info(); err == nil && s.Now().Sub(info.ModTime()) > waitAtMost {
			s.forget(strings.TrimSuffix(e.Name(), ".nom"))
		}
	}
}
