package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/door"
	"belvedere/internal/extract"
	"belvedere/internal/registry"
)

// mostRequest bounds the body of a request of an extract.
const mostRequest = 256 << 10

// mostListed bounds the extracts of one answer.
const mostListed = 200

// onlyPersons says why a token has no extracts.
const onlyPersons = "Une extraction appartient à une personne, qui en dit la finalité et s’engage à détruire ses copies\u00a0: un jeton est celui d’un programme et n’en a pas. " +
	"Lisez des totaux par /api/v1/explorer, ou réglez un extrait régulier dans la console."

// extracting passes requests on where there are extracts, to who may have some: accounts, by a session or from the
// machine in their name.
func (s *server) extracting(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if s.Extracts == nil {
			return belvedere.Errorf(belvedere.NotFound, "Ce serveur ne prépare pas d’extractions.")
		}
		if c := visitOf(r).caller; c.viewer.ID == 0 || c.token != nil {
			return belvedere.Errorf(belvedere.Forbidden, onlyPersons)
		}
		return h(w, r)
	}
}

// extracts lists one's own, newest first.
func (s *server) extracts(w http.ResponseWriter, r *http.Request) error {
	list, total, err := s.Extracts.List(r.Context(), visitOf(r).caller.viewer, registry.Page{Limit: mostListed})
	if err != nil {
		return err
	}
	out := make([]extract.Printed, 0, len(list))
	for _, e := range list {
		out = append(out, s.Extracts.Print(e))
	}
	return s.answer(w, r, http.StatusOK, map[string]any{"extractions": out, "nombre": total})
}

// extract tells how far one's own is.
func (s *server) extract(w http.ResponseWriter, r *http.Request) error {
	id, err := numbered(r)
	if err != nil {
		return err
	}
	e, err := s.Extracts.Own(r.Context(), visitOf(r).caller.viewer, id)
	if err != nil {
		return err
	}
	return s.answer(w, r, http.StatusOK, s.Extracts.Print(e))
}

// numbered is the number of an address.
func numbered(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, belvedere.Errorf(belvedere.NotFound, "Cet extrait n’existe pas, ou plus.")
	}
	return id, nil
}

// requested reads a request of an extract.
func requested(w http.ResponseWriter, r *http.Request) (q extract.Request, err error) {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostRequest))
	d.DisallowUnknownFields()
	if err := d.Decode(&q); err != nil {
		return q, belvedere.WrapError(belvedere.Invalid, err, "La demande n’est pas un objet JSON de la forme décrite par /api/v1/openapi.json.")
	}
	return q, nil
}

// faulty puts the flaws of a request in one message.
func faulty(err error) error {
	var flaws admin.Flaws
	if !errors.As(err, &flaws) {
		return err
	}
	text := ""
	for i, f := range flaws {
		if i > 0 {
			text += " "
		}
		text += f.Field + "\u00a0: " + f.Message
	}
	return belvedere.Errorf(belvedere.Invalid, "%s", text)
}

// askExtract asks for one, as the last step of the pages does.
func (s *server) askExtract(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	q, err := requested(w, r)
	if err != nil {
		return err
	}
	e, err := s.Extracts.Request(r.Context(), v.caller.viewer, q)
	if err != nil {
		return faulty(err)
	}
	s.noteExtract(v, e, "demandé, finalité\u00a0: "+e.Purpose)
	w.Header().Set("Location", "/api/v1/extractions/"+strconv.FormatInt(e.ID, 10))
	return s.answer(w, r, http.StatusAccepted, s.Extracts.Print(e))
}

// sizeExtract tells how large one would be, and what risk it would leave.
func (s *server) sizeExtract(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	q, err := requested(w, r)
	if err != nil {
		return err
	}
	x, err := q.Spec()
	if err != nil {
		return err
	}
	size, err := s.Extracts.Estimate(r.Context(), v.caller.viewer, x)
	if err != nil {
		return faulty(err)
	}
	v.covers(nil)
	if x.Kind == extract.Persons {
		v.schools, v.all = []belvedere.UAI{x.Order.School}, false
	}
	return s.answer(w, r, http.StatusOK, size.Printed())
}

// noteExtract says in the journal which extract a request was about, and whose rows it holds.
func (s *server) noteExtract(v *visit, e registry.Extract, detail string) {
	v.entry.Object = extract.Object(e)
	if v.entry.Detail != "" {
		detail += ", " + v.entry.Detail
	}
	v.entry.Detail = short(detail, 1500)
	v.schools, v.all = s.Extracts.Covered(v.caller.viewer, e)
}

// takeExtract hands the file of one's own out, with the rights of each moment that it lasts.
func (s *server) takeExtract(w http.ResponseWriter, r *http.Request) error {
	id, err := numbered(r)
	if err != nil {
		return err
	}
	v := visitOf(r)
	e, file, err := s.Extracts.Take(r.Context(), v.caller.viewer, id)
	if err != nil {
		return err
	}
	defer file.Close()
	s.noteExtract(v, e, "téléchargé")
	w.Header().Set("Content-Type", file.Type)
	w.Header().Set("Content-Disposition", `attachment; filename="`+file.Name+`"`)
	w.Header().Set("Content-Length", strconv.FormatInt(file.Size, 10))
	w.WriteHeader(http.StatusOK)
	still := func() error {
		now, err := s.whoAsks(r)
		if err != nil {
			return err
		}
		return s.Extracts.Still(r.Context(), now.viewer, e.ID)
	}
	if _, err := door.Copy(w, file, s.Now, still); err != nil {
		s.Log.Warn("api: an extract was not handed out whole", "extract", e.ID, "error", err)
		panic(http.ErrAbortHandler) // the length announced is not met: the reader knows that it is cut
	}
	return nil
}

// revealExtract shows the passphrase of the archive of one's own, once.
func (s *server) revealExtract(w http.ResponseWriter, r *http.Request) error {
	id, err := numbered(r)
	if err != nil {
		return err
	}
	v := visitOf(r)
	phrase, err := s.Extracts.Reveal(r.Context(), v.caller.viewer, id)
	if err != nil {
		return err
	}
	v.entry.Object = "extrait " + strconv.FormatInt(id, 10) + ", phrase de passe montrée"
	return s.answer(w, r, http.StatusOK, map[string]string{"phrase": phrase})
}

// askRegular sets an extract that is made again and again.
func (s *server) askRegular(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	q, err := requested(w, r)
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	made, phrase, err := s.Extracts.CreateSchedule(r.Context(), v.caller.viewer, form)
	if err != nil {
		return faulty(err)
	}
	v.entry.Object = extract.ScheduleObject(made) + ", " + made.Rhythm + ", " + made.Place
	return s.answer(w, r, http.StatusCreated, map[string]any{"numero": made.ID, "phrase": phrase})
}
