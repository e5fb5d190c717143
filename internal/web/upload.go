package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"time"

	"belvedere"
)

// uploadTime is how long a deposit may take to arrive, whatever the server allows elsewhere.
const uploadTime = time.Hour

// upload takes files from the form. They are read as they arrive, one after the other, and
// never held in memory: each is acknowledged by the receiver before the next is read.
func (s *server) upload(w http.ResponseWriter, r *http.Request) error {
	if s.Receive == nil {
		return belvedere.Errorf(belvedere.Forbidden, "Le dépôt de fichiers n’est pas ouvert sur ce serveur.")
	}
	http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)) // not every connection can
	form, err := r.MultipartReader()
	if err != nil {
		return belvedere.WrapError(belvedere.Invalid, err, "Le formulaire de dépôt n’a pas pu être lu.")
	}
	taken, err := s.takeFiles(r, form)
	if err != nil {
		if len(taken) > 0 {
			return belvedere.WrapError(belvedere.KindOf(err), err, "%s, puis le dépôt s’est arrêté : %s",
				belvedere.Plural(len(taken), "fichier pris", "fichiers pris"), belvedere.Message(err))
		}
		return err
	}
	if len(taken) == 0 {
		return belvedere.Errorf(belvedere.Invalid, "Choisissez au moins un fichier à déposer.")
	}
	address := "/livraisons"
	if len(taken) == 1 {
		address += "/" + strconv.FormatInt(taken[0], 10)
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// mostFiles bounds the files of one deposit, each of which costs a delivery and a sync of the disk.
const mostFiles = 1000

// mostParts bounds the fields of the form.
const mostParts = 2 * mostFiles

// takeFiles hands the files of a form to the receiver and returns the numbers that they got.
func (s *server) takeFiles(r *http.Request, form *multipart.Reader) (taken []int64, err error) {
	dataset := ""
	for n := 0; ; n++ {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return taken, nil
		}
		if err != nil {
			return taken, brokenUpload(err)
		}
		if len(taken) == mostFiles || n == mostParts {
			return taken, belvedere.Errorf(belvedere.TooLarge, "Un dépôt compte au plus %d fichiers. Faites-en plusieurs, ou une archive ZIP.", mostFiles)
		}
		switch part.FormName() {
		case "jeu":
			text, err := io.ReadAll(io.LimitReader(part, 200))
			if err != nil {
				return taken, brokenUpload(err)
			}
			if dataset = string(text); dataset != "" && s.model.Dataset(dataset) == nil {
				return taken, belvedere.Errorf(belvedere.Invalid, "Le jeu de données %q n’existe pas.", clean(dataset, 40))
			}
		case "fichier":
			if part.FileName() == "" {
				continue // the field was left empty
			}
			d, err := s.Receive(r.Context(), viewerOf(r), Upload{FileName: clean(part.FileName(), 200), Dataset: dataset, Body: part})
			if err != nil {
				return taken, brokenUpload(err)
			}
			taken = append(taken, d.Seq)
		}
	}
}

// brokenUpload tells a body cut short or too long from a fault of ours.
func brokenUpload(err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge): // whatever the receiver made of it
		return belvedere.WrapError(belvedere.TooLarge, err, "L’envoi dépasse la taille admise.")
	case belvedere.KindOf(err) != belvedere.Internal:
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, multipart.ErrMessageTooLarge):
		return belvedere.WrapError(belvedere.Invalid, err, "L’envoi s’est interrompu avant la fin du fichier.")
	}
	return err
}
