package web

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"io"
	"net/http"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/web/pages"
)

// exportUsers gives all users as a file that the import reads back.
func (s *server) exportUsers(w http.ResponseWriter, r *http.Request) error {
	b := getBuffer()
	defer putBuffer(b)
	if err := s.Users.Export(r.Context(), b); err != nil {
		return err
	}
	traceOf(r).about("tous les utilisateurs", "fichier CSV")
	w.Header().Set("Content-Disposition", `attachment; filename="utilisateurs.csv"`)
	send(w, r, http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
	return nil
}

// usersFile asks for a file of users.
func (s *server) usersFile(w http.ResponseWriter, r *http.Request) error {
	return s.usersFilePage(w, r, http.StatusOK, pages.UsersFile{})
}

// tryUsersFile says what a file would do, line by line, and writes nothing. The file travels in
// the form of the confirmation, packed, so that any server can apply exactly what was shown.
func (s *server) tryUsersFile(w http.ResponseWriter, r *http.Request) error {
	file, err := sentFile(r, "fichier", admin.MostUsersFile)
	if err != nil {
		return err
	}
	traceOf(r).about("import d’utilisateurs", "essai, rien d’enregistré")
	if len(file) == 0 {
		return s.usersFileFault(w, r, belvedere.Errorf(belvedere.Invalid, "Choisissez le fichier à importer."))
	}
	plan, err := s.Users.PlanImport(r.Context(), viewerOf(r), file)
	if kind := belvedere.KindOf(err); kind == belvedere.Invalid || kind == belvedere.TooLarge {
		return s.usersFileFault(w, r, err)
	} else if err != nil {
		return err
	}
	packed, err := packFile(file)
	if err != nil {
		return err
	}
	return s.usersFilePage(w, r, http.StatusOK, pages.UsersFile{Plan: plan, Packed: packed})
}

// applyUsersFile does what was shown, or nothing.
func (s *server) applyUsersFile(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	file, err := unpackFile(form.Get("contenu"), admin.MostUsersFile)
	if err != nil || form.Get("essai") == "" {
		return belvedere.Errorf(belvedere.Invalid, "La confirmation n’a pas pu être lue : refaites l’essai.")
	}
	traceOf(r).about("import d’utilisateurs", "confirmé")
	done, err := s.Users.ApplyImport(r.Context(), viewerOf(r), file, form.Get("essai"))
	if err != nil {
		return err
	}
	detail := belvedere.Plural(done.Created, "créé", "créés") + ", " + belvedere.Plural(done.Changed, "modifié", "modifiés") + " :"
	for _, a := range done.Accounts {
		detail += " " + a.Login
	}
	traceOf(r).about("import d’utilisateurs", cut(detail, 1500))
	word := "importe"
	if len(done.NotInvited) > 0 {
		word = "importe-sans"
	}
	doneAt(w, r, usersPath, word)
	return nil
}

func (s *server) usersFileFault(w http.ResponseWriter, r *http.Request, err error) error {
	p := pages.UsersFile{}
	p.Errors.Add("fichier", belvedere.Message(err))
	return s.usersFilePage(w, r, http.StatusUnprocessableEntity, p)
}

func (s *server) usersFilePage(w http.ResponseWriter, r *http.Request, status int, p pages.UsersFile) error {
	p.Frame, p.Columns, p.Widgets = s.userFrame(r, "Importer des utilisateurs", nil), admin.UserColumns(), s.Users.Widgets
	return s.write(w, r, status, pages.UsersFilePage(p))
}

// sentFile reads one small file of a form that has no other field; nil when none was chosen.
func sentFile(r *http.Request, name string, most int64) ([]byte, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, belvedere.WrapError(belvedere.Invalid, err, "Le formulaire n’a pas pu être lu.")
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, brokenUpload(err)
		}
		if part.FormName() != name {
			continue
		}
		file, err := io.ReadAll(io.LimitReader(part, most+1)) // one more, so that what is too long is seen to be
		if err != nil {
			return nil, brokenUpload(err)
		}
		return file, nil
	}
}

// packFile writes a file as a field of a form can hold it.
func packFile(file []byte) (string, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(file); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(b.Bytes()), nil
}

// unpackFile reads it back, and nothing longer than what could have been packed.
func unpackFile(packed string, most int64) ([]byte, error) {
	raw, err := base64.RawURLEncoding.DecodeString(packed)
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(z, most+1))
}
