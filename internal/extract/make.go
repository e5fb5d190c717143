package extract

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"belvedere"
	"belvedere/internal/extract/lockedzip"
	"belvedere/internal/registry"
	"belvedere/internal/school/pseudonym"
)

const (
	saltSize  = 32
	mostTries = 3 // an extract whose making was cut so often fails
	unfinish  = ".incomplet-"
)

// errCancelled tells that the one who asked stopped it.
var errCancelled = errors.New("extract: cancelled")

// sealedAt is where a salt or a passphrase opens.
func sealedAt(what string, e registry.Extract) string {
	return "extrait/" + what + "/" + strconv.FormatInt(e.ID, 10)
}

// RunOnce makes the extract that waits longest, if there is one.
func (s *Service) RunOnce(ctx context.Context) (done bool, err error) {
	e, found, err := s.Registry.TakeExtract(ctx, s.Now().UTC())
	if err != nil || !found {
		return false, err
	}
	_, err = s.prepare(ctx, e)
	switch {
	case err == nil || ctx.Err() != nil:
		return true, nil // what a stop cuts is taken up at the next start
	case belvedere.KindOf(err) == belvedere.Conflict && e.Tries < mostTries: // what it reads has changed meanwhile
		_, err := s.Registry.UpdateExtract(ctx, e.ID, func(e *registry.Extract) error {
			if e.State == registry.ExtractRunning && !e.Cancel {
				e.State = registry.ExtractWaiting
			}
			return nil
		})
		return true, err
	}
	return true, s.fail(ctx, e, fullDisk(err))
}

// fullDisk says in words that the server has no room for the file.
func fullDisk(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return belvedere.WrapError(belvedere.Unavailable, err, "Le disque du serveur est plein\u00a0: le fichier n’a pas pu être écrit. Prévenez l’exploitant, puis refaites cette demande.")
	}
	return err
}

// fail ends an extract that could not be made, in words that whoever asked may read.
func (s *Service) fail(ctx context.Context, e registry.Extract, cause error) error {
	state := registry.ExtractFailed
	switch {
	case errors.Is(cause, errCancelled):
		state = registry.ExtractCancelled
	case belvedere.KindOf(cause) == belvedere.Forbidden:
		state = registry.ExtractRefused
	default:
		s.Errors.Warn("an extract could not be made", "extract", e.ID, "err", cause)
	}
	file := ""
	e, err := s.Registry.UpdateExtract(ctx, e.ID, func(e *registry.Extract) error {
		file = e.File
		e.State, e.Ended = state, s.Now().UTC()
		if state != registry.ExtractCancelled {
			e.Error = belvedere.Message(cause)
		}
		s.erase(e)
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.remove(file); err != nil {
		return err
	}
	if e.Schedule != 0 {
		return s.unput(ctx, e, cause)
	}
	return nil
}

// asker is the account that asked, as it is now: closed accounts and those that lack the second factor that they
// owe have nothing.
func (s *Service) asker(ctx context.Context, e registry.Extract) (registry.Account, belvedere.Viewer, error) {
	gone := belvedere.Errorf(belvedere.Forbidden, "Le compte qui l’a demandé n’est plus ouvert.")
	account, err := s.Registry.Account(ctx, e.Account)
	if belvedere.KindOf(err) == belvedere.NotFound && err != nil {
		return account, belvedere.Viewer{}, gone
	}
	if err != nil {
		return account, belvedere.Viewer{}, err
	}
	if account.State != registry.Active || (account.Admin || account.Auditor) && !account.SecondFactor {
		return account, belvedere.Viewer{}, gone
	}
	v, err := s.Viewer(ctx, account)
	v.Strong = account.SecondFactor
	return account, v, err
}

// rights names what a file was made with: it is handed out while that stands.
func rights(v belvedere.Viewer, x Spec) string {
	if x.Kind == Persons {
		if limits := v.RowLimits(x.Order.School, x.Order.Level()); limits != nil {
			return fmt.Sprintf("%q", limits)
		}
		return "" // asked anew each time
	}
	return v.Scope.Fingerprint
}

// prepare writes the file of an extract.
func (s *Service) prepare(ctx context.Context, e registry.Extract) (_ registry.Extract, err error) {
	defer belvedere.Wrap(&err, "prepare(%d)", e.ID)
	account, v, err := s.asker(ctx, e)
	if err != nil {
		return e, err
	}
	x := specOf(e)
	if err := s.Check(v, x, StepConfirm); err != nil {
		return e, err
	}
	salt := make([]byte, saltSize)
	rand.Read(salt)
	c, risk, err := s.content(ctx, v, x, s.namer(salt, e.Code))
	if err != nil {
		return e, err
	}
	phrase := ""
	if e.Encrypted {
		if phrase, err = s.phrase(e, x); err != nil {
			return e, err
		}
	}
	c.sheet.About, c.sheet.Mark, c.sheet.Made = s.about(e, account.Name(), c), e.Code, s.Now()
	file := fileOf(e, s.Now())
	name, size, sum, err := s.write(ctx, e, file, c, s.fileKey(salt), phrase)
	if err != nil {
		return e, err
	}
	made, err := s.finish(ctx, e, v, c, risk, salt, phrase, named{name, file.name(), size, sum})
	if err != nil {
		os.Remove(filepath.Join(s.Folder, name))
	}
	return made, err
}

func (s *Service) content(ctx context.Context, v belvedere.Viewer, x Spec, namer pseudonym.Namer) (c content, risk string, err error) {
	limits, err := s.Limits(ctx)
	if err != nil {
		return c, "", err
	}
	if x.Kind == Totals {
		c, err = s.totals(ctx, v, x, namer)
	} else {
		var r pseudonym.Risk
		if c, r, err = s.persons(ctx, v, x, namer); err == nil {
			b, _ := json.Marshal(r)
			risk = string(b)
		}
	}
	if err == nil && c.rows > limits.Most {
		err = belvedere.Errorf(belvedere.TooLarge, "Cet extrait compte plus de %s lignes\u00a0: resserrez-le.", belvedere.FormatNumber(float64(limits.Most), 0))
	}
	return c, risk, err
}

// phrase is the passphrase of the archive: that of its schedule, or a new one.
func (s *Service) phrase(e registry.Extract, x Spec) (string, error) {
	if x.Phrase == "" {
		return lockedzip.Passphrase(), nil
	}
	plain, err := s.Keys.Open(phrasePlace, x.Phrase)
	return string(plain), err
}

// phrasePlace is where the passphrases of schedules open.
const phrasePlace = "extrait/phrase/regulier"

// finish asks rights again, keeps the entry of the journal, then makes the file one that can be taken.
func (s *Service) finish(ctx context.Context, e registry.Extract, before belvedere.Viewer, c content, risk string, salt []byte, phrase string, f named) (registry.Extract, error) {
	account, v, err := s.asker(ctx, e)
	if err != nil {
		return e, err
	}
	x := specOf(e)
	if err := s.may(v, x); err != nil {
		return e, err
	}
	if rights(v, x) != rights(before, x) {
		return e, belvedere.Errorf(belvedere.Forbidden, "Vos droits ou une convention ont changé pendant la préparation\u00a0: demandez-le de nouveau.")
	}
	limits, err := s.Limits(ctx)
	if err != nil {
		return e, err
	}
	flag, err := s.unusual(ctx, e, c, limits)
	if err != nil {
		return e, err
	}
	e.Rows = c.rows
	if err := s.keep(ctx, v, e, belvedere.Plural(int(c.rows), "ligne préparée", "lignes préparées")+", finalité\u00a0: "+e.Purpose); err != nil {
		return e, err
	}
	e, err = s.Registry.UpdateExtract(ctx, e.ID, func(e *registry.Extract) error {
		if e.Cancel {
			return errCancelled
		}
		now := s.Now().UTC()
		e.State, e.Ended, e.Expires, e.Due = registry.ExtractReady, now, now.AddDate(0, 0, limits.KeptDays), s.until(now, e.Days)
		e.Done, e.Total, e.Rows, e.Bytes, e.SHA256, e.File, e.FileName = c.rows, c.rows, c.rows, f.size, f.sum, f.file, f.shown
		e.Receipt, e.Edition, e.Risk, e.Flagged = c.receipt, c.edition, risk, flag
		e.Salt = s.Keys.Seal(sealedAt("sel", *e), []byte(base64.RawStdEncoding.EncodeToString(salt)))
		if phrase != "" && x.Phrase == "" {
			e.Passphrase = s.Keys.Seal(sealedAt("phrase", *e), []byte(phrase))
		}
		if x.Kind == Persons {
			if grant, ok := v.Detail(e.School, x.Order.Level()); ok {
				e.Grant = grant.ID
			}
		}
		x.Rights = rights(v, x)
		e.Spec = x.text()
		return nil
	})
	if err != nil {
		return e, err
	}
	return e, s.tellReady(ctx, account, e)
}
