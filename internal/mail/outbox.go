package mail

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/durable"
)

// An Outbox keeps messages as files, one each, where no server of mails is named. They hold
// links that let people in: the folder is closed to all but its owner.
type Outbox struct {
	dir  string
	from mail.Address
	now  func() time.Time
}

// NewOutbox opens the folder and makes it when it does not exist. From may be "".
func NewOutbox(dir, from string, now func() time.Time) (_ *Outbox, err error) {
	if now == nil {
		now = time.Now
	}
	sender, err := parseFrom(cmp.Or(from, "Console <console@localhost>"))
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, belvedere.WrapError(belvedere.Unavailable, err, "Le dossier du courrier %s ne peut pas être créé.", dir)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, belvedere.Errorf(belvedere.Invalid,
			"Le dossier du courrier %s est accessible à d’autres que son propriétaire (droits %04o). Fermez-le par la commande «\u00a0chmod 700 %s\u00a0».", dir, mode, dir)
	}
	return &Outbox{dir, sender, now}, nil
}

// letterFile is the form of the names: instant, then what makes two of the same instant differ.
var letterFile = regexp.MustCompile(`^\d{8}T\d{6}\.\d{9}Z-[A-Z2-7]{26}\.eml$`)

const nameTime = "20060102T150405.000000000Z"

// Send keeps a message as a file that survives a crash.
func (o *Outbox) Send(_ context.Context, m Message) (err error) {
	defer belvedere.Wrap(&err, "Send(%s)", clean(m.Subject, 60))
	at := o.now().UTC()
	msg, err := compose(m, o.from, at)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if _, err := msg.WriteTo(&text); err != nil {
		return err
	}
	name := at.Format(nameTime) + "-" + rand.Text() + ".eml"
	if err := durable.Replace(filepath.Join(o.dir, name), text.Bytes(), 0o600); err != nil {
		return belvedere.WrapError(belvedere.Unavailable, err, "Le courrier ne peut pas être écrit dans %s. Vérifiez qu’il reste de la place.", o.dir)
	}
	return nil
}

// A Letter is a message of the outbox.
type Letter struct {
	Name    string // of its file
	At      time.Time
	To      string // address, with the name if there is one
	Subject string
	Text    string // filled by Read
}

// List gives the letters, newest first, and how many there are. Limit 0 means all.
func (o *Outbox) List(offset, limit int) (list []Letter, total int, err error) {
	defer belvedere.Wrap(&err, "List(%d, %d)", offset, limit)
	names, err := o.names()
	if err != nil {
		return nil, 0, err
	}
	total = len(names)
	slices.Reverse(names)
	names = names[min(max(offset, 0), total):]
	if limit > 0 {
		names = names[:min(limit, len(names))]
	}
	for _, name := range names {
		l, err := o.Read(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // pruned meanwhile
		}
		if err != nil {
			return nil, 0, err
		}
		l.Text = ""
		list = append(list, l)
	}
	return list, total, nil
}

// Read gives a letter by the name of its file. NotFound when there is none.
func (o *Outbox) Read(name string) (_ Letter, err error) {
	absent := func(cause error) error {
		return belvedere.WrapError(belvedere.NotFound, cause, "Ce courrier n’existe pas, ou n’existe plus.")
	}
	if !letterFile.MatchString(name) {
		return Letter{}, absent(nil)
	}
	text, err := os.ReadFile(filepath.Join(o.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return Letter{}, absent(err)
	} else if err != nil {
		return Letter{}, err
	}
	l, err := parseLetter(text)
	l.Name = name
	l.At, _ = time.Parse(nameTime, name[:len(nameTime)]) // the form of the name was checked
	return l, err
}

// Prune removes the letters written before an instant, and what crashes left, and says how many.
func (o *Outbox) Prune(before time.Time) (removed int, err error) {
	defer belvedere.Wrap(&err, "Prune(%v)", before)
	entries, err := os.ReadDir(o.dir)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		letter := letterFile.MatchString(e.Name())
		if letter && e.Name() >= before.UTC().Format(nameTime) {
			continue
		}
		if !letter {
			// A file half-way of another process may be finished in a moment.
			info, err := e.Info()
			if err != nil || !durable.Incomplete(e.Name()) || !info.ModTime().Before(before) {
				continue
			}
		}
		if err := os.Remove(filepath.Join(o.dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

// names gives the files of letters, oldest first.
func (o *Outbox) names() (list []string, err error) {
	entries, err := os.ReadDir(o.dir) // sorted
	for _, e := range entries {
		if letterFile.MatchString(e.Name()) {
			list = append(list, e.Name())
		}
	}
	return list, err
}
