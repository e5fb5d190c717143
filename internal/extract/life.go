package extract

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/secret"
)

// A Download is the file of an extract, to be read once and closed.
type Download struct {
	io.ReadCloser
	Name, Type string
	Size       int64
}

// Take opens the file of an extract of one's own, when the rights of this moment still give it.
func (s *Service) Take(ctx context.Context, v belvedere.Viewer, id int64) (_ registry.Extract, _ *Download, err error) {
	defer belvedere.Wrap(&err, "Take(%d)", id)
	e, err := s.Own(ctx, v, id)
	if err != nil {
		return e, nil, err
	}
	if err := s.mayTake(v, e); err != nil {
		return e, nil, err
	}
	key, err := s.keyOf(e)
	if err != nil {
		return e, nil, err
	}
	f, err := os.Open(filepath.Join(s.Folder, e.File))
	if err != nil {
		return e, nil, belvedere.WrapError(belvedere.NotFound, err, "Le fichier de cet extrait manque\u00a0: demandez-le de nouveau.")
	}
	e, err = s.Registry.UpdateExtract(ctx, id, func(e *registry.Extract) error {
		if err := s.mayTake(v, *e); err != nil {
			return err
		}
		e.State, e.Downloaded = registry.ExtractDownloaded, s.Now().UTC()
		e.Downloads++
		return nil
	})
	if err != nil {
		return e, nil, errors.Join(err, f.Close())
	}
	open := secret.NewStreamOpener(f, key)
	return e, &Download{ReadCloser: struct {
		io.Reader
		io.Closer
	}{open, f}, Name: e.FileName, Type: fileOf(e, s.Now()).contentType(), Size: e.Bytes}, nil
}

// Still tells whether someone may still have the file of an extract: who reads a large one is asked again.
func (s *Service) Still(ctx context.Context, v belvedere.Viewer, id int64) error {
	e, err := s.Own(ctx, v, id)
	if err != nil {
		return err
	}
	return s.mayTake(v, e)
}

// mayTake asks the state of the file and the rights of the moment.
func (s *Service) mayTake(v belvedere.Viewer, e registry.Extract) error {
	switch {
	case e.Account != v.ID || v.ID == 0:
		return noSuch()
	case !e.State.HasFile():
		return belvedere.Errorf(belvedere.NotFound, "Le fichier de cet extrait n’est pas, ou plus, à prendre.")
	case !s.Now().Before(e.Expires):
		return belvedere.Errorf(belvedere.NotFound, "Le fichier de cet extrait a expiré\u00a0: demandez-le de nouveau.")
	}
	x := specOf(e)
	if err := s.may(v, x); err != nil {
		return err
	}
	if x.Rights != rights(v, x) {
		return belvedere.Errorf(belvedere.Forbidden, "Vos droits ou une convention ont changé depuis la préparation de ce fichier\u00a0: demandez-le de nouveau.")
	}
	return nil
}

// keyOf opens the salt of an extract and makes the key of its file.
func (s *Service) keyOf(e registry.Extract) ([]byte, error) {
	text, err := s.Keys.Open(sealedAt("sel", e), e.Salt)
	if err != nil {
		return nil, err
	}
	salt, err := base64.RawStdEncoding.DecodeString(string(text))
	if err != nil {
		return nil, err
	}
	return s.fileKey(salt), nil
}

// Reveal gives the passphrase of an archive of one's own, once: it is forgotten as it is told.
func (s *Service) Reveal(ctx context.Context, v belvedere.Viewer, id int64) (phrase string, err error) {
	defer belvedere.Wrap(&err, "Reveal(%d)", id)
	_, err = s.Registry.UpdateExtract(ctx, id, func(e *registry.Extract) error {
		if err := s.mayTake(v, *e); err != nil {
			return err
		}
		if e.Passphrase == "" {
			return belvedere.Errorf(belvedere.Conflict, "La phrase de passe a déjà été montrée\u00a0: elle ne l’est qu’une fois. Si vous l’avez perdue, demandez l’extrait de nouveau.")
		}
		plain, err := s.Keys.Open(sealedAt("phrase", *e), e.Passphrase)
		if err != nil {
			return err
		}
		phrase, e.Passphrase = string(plain), ""
		return nil
	})
	if err != nil {
		return "", err
	}
	return phrase, nil
}

// Delete removes the file of an extract, one's own or, for who oversees them, any.
func (s *Service) Delete(ctx context.Context, v belvedere.Viewer, id int64) (registry.Extract, error) {
	return s.end(ctx, id, registry.ExtractDeleted, func(e *registry.Extract) error {
		if !Oversees(v) && (v.ID == 0 || e.Account != v.ID) {
			return noSuch()
		}
		if !e.State.HasFile() {
			return belvedere.Errorf(belvedere.Conflict, "Cet extrait n’a plus de fichier.")
		}
		return nil
	})
}

// end ends the life of a file: the registry first, so that no file is offered that is gone, then the file.
func (s *Service) end(ctx context.Context, id int64, state registry.ExtractState, check func(*registry.Extract) error) (registry.Extract, error) {
	file := ""
	e, err := s.Registry.UpdateExtract(ctx, id, func(e *registry.Extract) error {
		if err := check(e); err != nil {
			return err
		}
		file = e.File
		e.State, e.Ended = state, s.Now().UTC()
		s.erase(e)
		return nil
	})
	if err != nil {
		return e, err
	}
	return e, s.remove(file)
}

// remove deletes a file of the folder; there may be none.
func (s *Service) remove(file string) error {
	if file == "" {
		return nil
	}
	if err := os.Remove(filepath.Join(s.Folder, file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// erase forgets what opens a file and ties its pseudonyms to persons.
func (s *Service) erase(e *registry.Extract) { e.File, e.Salt, e.Passphrase = "", "", "" }

// Destroyed notes that the one who took an extract destroyed the copies.
func (s *Service) Destroyed(ctx context.Context, v belvedere.Viewer, id int64) (registry.Extract, error) {
	return s.Registry.UpdateExtract(ctx, id, func(e *registry.Extract) error {
		switch {
		case v.ID == 0 || e.Account != v.ID:
			return noSuch()
		case e.Due.IsZero() || e.State.HasFile():
			return belvedere.Errorf(belvedere.Conflict, "Supprimez d’abord le fichier qui est encore sur le serveur.")
		case e.Destroyed.IsZero():
			e.Destroyed = s.Now().UTC()
		}
		return nil
	})
}

// Expire deletes the files whose time is over.
func (s *Service) Expire(ctx context.Context) (n int, err error) {
	defer belvedere.Wrap(&err, "Expire")
	over, _, err := s.Registry.ListExtracts(ctx, registry.ExtractFilter{States: []registry.ExtractState{registry.ExtractReady, registry.ExtractDownloaded}, Before: s.Now().UTC()}, registry.Page{})
	if err != nil {
		return 0, err
	}
	for _, e := range over {
		e, err := s.end(ctx, e.ID, registry.ExtractExpired, func(e *registry.Extract) error {
			if !e.State.HasFile() {
				return belvedere.Errorf(belvedere.Conflict, "deleted meanwhile")
			}
			return nil
		})
		if belvedere.KindOf(err) == belvedere.Conflict && err != nil {
			continue
		}
		if err != nil {
			return n, err
		}
		n++
		if err := s.keep(ctx, belvedere.Viewer{}, e, "fichier expiré et supprimé"); err != nil {
			return n, err
		}
	}
	return n, nil
}

// before is how long before the end of a duration people are reminded.
const before = 7 * 24 * time.Hour

// Remind tells those whose copies must soon be gone, once for each extract.
func (s *Service) Remind(ctx context.Context) (n int, err error) {
	defer belvedere.Wrap(&err, "Remind")
	due, _, err := s.Registry.ListExtracts(ctx, registry.ExtractFilter{DueBy: s.Now().Add(before).UTC(),
		States: []registry.ExtractState{registry.ExtractDownloaded, registry.ExtractSent, registry.ExtractExpired, registry.ExtractDeleted}}, registry.Page{})
	if err != nil {
		return 0, err
	}
	for _, e := range due {
		if e.Downloads == 0 && e.Schedule == 0 || e.Days <= 7 && s.Now().Before(e.Due.Add(-24*time.Hour)) {
			continue // nobody has a copy; a week's extract is reminded on its last day
		}
		told, err := s.tellDue(ctx, e)
		if err != nil {
			return n, err
		}
		if _, err := s.Registry.UpdateExtract(ctx, e.ID, func(e *registry.Extract) error { e.Reminded = s.Now().UTC(); return nil }); err != nil {
			return n, err
		}
		if told {
			n++
		}
	}
	return n, nil
}

// Forget removes what was asked before an instant and has ended.
func (s *Service) Forget(ctx context.Context, instant time.Time) (int, error) {
	return s.Registry.ForgetExtracts(ctx, instant)
}
