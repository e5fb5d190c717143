package extract

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"belvedere"
	"belvedere/internal/export"
	"belvedere/internal/extract/lockedzip"
	"belvedere/internal/registry"
	"belvedere/internal/school/pseudonym"
	"belvedere/internal/secret"
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

// Recover puts what a crash cut back among those that wait, and sweeps the files that no extract names.
func (s *Service) Recover(ctx context.Context) (err error) {
	defer belvedere.Wrap(&err, "Recover")
	cut, _, err := s.Registry.ListExtracts(ctx, registry.ExtractFilter{States: []registry.ExtractState{registry.ExtractRunning}}, registry.Page{})
	if err != nil {
		return err
	}
	for _, e := range cut {
		_, err := s.Registry.UpdateExtract(ctx, e.ID, func(e *registry.Extract) error {
			switch {
			case e.State != registry.ExtractRunning:
			case e.Cancel:
				e.State, e.Ended = registry.ExtractCancelled, s.Now().UTC()
			case e.Tries >= mostTries:
				e.State, e.Ended, e.Error = registry.ExtractFailed, s.Now().UTC(), "Sa préparation a été interrompue trois fois. Demandez-le de nouveau, plus étroit s’il est grand."
			default:
				e.State = registry.ExtractWaiting
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return s.sweep(ctx)
}

// sweep removes the files that no extract names.
func (s *Service) sweep(ctx context.Context) error {
	entries, err := os.ReadDir(s.Folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	held, _, err := s.Registry.ListExtracts(ctx, registry.ExtractFilter{States: []registry.ExtractState{registry.ExtractRunning, registry.ExtractReady, registry.ExtractDownloaded}}, registry.Page{})
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, e := range held {
		if e.State == registry.ExtractRunning {
			return nil // a file under way may be about to be named
		}
		named[e.File] = true
	}
	for _, entry := range entries {
		if !named[entry.Name()] && !entry.IsDir() {
			if err := os.Remove(filepath.Join(s.Folder, entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
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

// named is a file that was written.
type named struct {
	file, shown string
	size        int64
	sum         string
}

// write writes the file beside its final name, sealed, syncs it, and renames it.
func (s *Service) write(ctx context.Context, e registry.Extract, f form, c content, key []byte, phrase string) (name string, size int64, sum string, err error) {
	if err := os.MkdirAll(s.Folder, 0o700); err != nil {
		return "", 0, "", err
	}
	name = fmt.Sprintf("%d-%s.extrait", e.ID, strings.ToLower(rand.Text()))
	temp := filepath.Join(s.Folder, unfinish+name)
	out, err := os.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", 0, "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp))
		}
	}()
	sealer := secret.NewStreamSealer(out, key)
	plain := &measured{to: sealer, sum: sha256.New()}
	err = writeFile(plain, f, s.counted(ctx, e, c.sheet), phrase)
	if err = errors.Join(err, sealer.Close(), out.Sync(), out.Close()); err != nil {
		return "", 0, "", err
	}
	if err := os.Rename(temp, filepath.Join(s.Folder, name)); err != nil {
		return "", 0, "", err
	}
	return name, plain.size, hex.EncodeToString(plain.sum.Sum(nil)), syncFolder(s.Folder)
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// measured knows the size and the sum of what is handed out.
type measured struct {
	to   io.Writer
	sum  hash.Hash
	size int64
}

func (m *measured) Write(p []byte) (int, error) {
	n, err := m.to.Write(p)
	m.sum.Write(p[:n])
	m.size += int64(n)
	return n, err
}

// counted tells the registry how far the rows are, about once a second, and stops when it is asked to.
func (s *Service) counted(ctx context.Context, e registry.Extract, sheet export.Sheet) export.Sheet {
	all, done, told := sheet.Rows, int64(0), time.Now()
	sheet.Rows = func(yield func([]any) error) error {
		return all(func(row []any) error {
			if done++; done%512 == 0 && time.Since(told) > time.Second || done == 1 {
				told = time.Now()
				if err := s.progress(ctx, e.ID, done); err != nil {
					return err
				}
			}
			return yield(row)
		})
	}
	return sheet
}

func (s *Service) progress(ctx context.Context, id, done int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e, err := s.Registry.UpdateExtract(ctx, id, func(e *registry.Extract) error { e.Done = done; return nil })
	if err == nil && e.Cancel {
		err = errCancelled
	}
	return err
}

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

// unusual says why the data protection officer is told of an extract, "" when nothing is.
func (s *Service) unusual(ctx context.Context, e registry.Extract, c content, l Limits) (string, error) {
	var why []string
	if e.Identities {
		why = append(why, "colonnes nominatives")
	}
	if e.Kind == Persons && c.rows >= l.Flag {
		why = append(why, "volume\u00a0: "+belvedere.FormatNumber(float64(c.rows), 0)+" lignes")
	}
	recent, _, err := s.Registry.ListExtracts(ctx, registry.ExtractFilter{Account: e.Account}, registry.Page{Limit: 1000})
	if err != nil {
		return "", err
	}
	n := 0
	for _, o := range recent {
		if !o.Asked.IsZero() && s.Now().Sub(o.Asked) < 24*time.Hour {
			n++
		}
	}
	if n >= l.FlagDay {
		why = append(why, belvedere.Plural(n, "extrait", "extraits")+" en un jour")
	}
	return strings.Join(why, ", "), nil
}
