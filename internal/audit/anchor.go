package audit

import (
	"context"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/durable"
	"belvedere/internal/registry"
	"belvedere/internal/secret"
)

// An anchor is the end of the chain as it was at some moment, kept outside the registry. Without
// one, entries removed from the end would leave a chain without fault.
type anchor struct {
	Format string `json:"format"`
	Seq    int64  `json:"entree"`
	Seal   string `json:"sceau"`
	Code   string `json:"code"` // of the three others
}

const anchorFormat = "belvedere-ancre-1"

func (a anchor) code(keys *secret.Keys) string {
	return hex.EncodeToString(keys.MAC(secret.Journal+"/ancre", []byte(a.Format), whole(a.Seq), []byte(a.Seal)))
}

// noted is the short code of a link that people keep elsewhere: its number and 80 bits.
func noted(keys *secret.Keys, l link) string {
	code := keys.MAC(secret.Journal+"/ancre-notee", whole(l.Seq), []byte(l.Seal))
	return number(l.Seq) + "-" + base32.StdEncoding.EncodeToString(code[:10])
}

var notedForm = regexp.MustCompile(`^(\d{1,18})-([A-Z2-7]{16})$`)

// A pin is an entry that must be there, as it was.
type pin struct {
	seq     int64
	where   string // who says so, in French
	matches func(link) bool
}

// parseNoted reads a code that was noted, in any case and with spaces.
func parseNoted(keys *secret.Keys, text string) (pin, error) {
	code := strings.ToUpper(strings.Join(strings.Fields(text), ""))
	m := notedForm.FindStringSubmatch(code)
	if m == nil {
		return pin{}, belvedere.Errorf(belvedere.Invalid,
			"L’ancre «\u00a0%s\u00a0» n’est pas complète. Elle s’écrit comme 1234-ABCDEFGH23456723\u00a0: un numéro, un tiret et seize caractères.", visible(text, 40))
	}
	seq, err := strconv.ParseInt(m[1], 10, 64)
	return pin{seq, "l’ancre notée " + code, func(l link) bool {
		return secret.Equal([]byte(noted(keys, l)), []byte(number(seq)+"-"+m[2]))
	}}, err
}

// Anchor is the code of the end of the journal as it is now, to note where nobody who can write
// into the registry can: on paper, in a mail. Verify takes it later.
func (j *Journal) Anchor(ctx context.Context) (_ string, err error) {
	defer belvedere.Wrap(&err, "Anchor")
	last, err := j.end(ctx)
	return noted(j.keys, last), err
}

// end is the last link: an entry, or what a purge left in the place of all.
func (j *Journal) end(ctx context.Context) (link, error) {
	head, err := j.store.JournalHead(ctx)
	if err != nil || head.Seq != 0 {
		return link{head.Seq, head.Seal}, err
	}
	m, err := j.mark(ctx)
	return m.link(), err
}

// errBadAnchor is a file of the anchor that this journal did not write.
var errBadAnchor = errors.New("the file of the anchor was altered")

// readAnchor reads the file; fs.ErrNotExist when there is none.
func (j *Journal) readAnchor() (a anchor, err error) {
	text, err := os.ReadFile(j.path)
	if err != nil {
		return a, err
	}
	if len(text) > 1<<10 || json.Unmarshal(text, &a) != nil || a.Format != anchorFormat ||
		!secret.Equal([]byte(a.code(j.keys)), []byte(a.Code)) {
		return anchor{}, errBadAnchor
	}
	return a, nil
}

// An end is where the anchor goes; again is where it goes back, because the journal was found
// shorter than it.
type end struct {
	link
	again bool
}

// anchorAt has the anchor follow without waiting for it: a file that is replaced and synced takes
// longer than an entry. After a crash it is some entries late, which is no alarm.
func (j *Journal) anchorAt(e end) {
	select {
	case earlier := <-j.ends:
		e.again = e.again || earlier.again
	default:
	}
	j.ends <- e // one goroutine sends: there is room
}

func (j *Journal) anchorEnds() {
	defer close(j.done)
	for e := range j.ends {
		j.drop(e)
	}
}

// drop writes the anchor. Another process may have anchored a later entry: that stays.
func (j *Journal) drop(e end) {
	if !e.again {
		if a, err := j.readAnchor(); err == nil && a.Seq > e.Seq {
			return
		}
	}
	a := anchor{Format: anchorFormat, Seq: e.Seq, Seal: e.Seal}
	a.Code = a.code(j.keys)
	text, err := json.Marshal(a)
	if err == nil {
		err = durable.Replace(j.path, append(text, '\n'), 0o600)
	}
	if err != nil {
		// The entries are kept; the anchor is late until the next one.
		j.log.Error("the anchor of the journal cannot be written", "error", err)
	}
}

// examine compares the anchor with the journal before the first entry of this process, and keeps
// what it finds in the journal itself, since a new anchor is about to hide it.
func (j *Journal) examine(ctx context.Context) error {
	if j.examined {
		return nil
	}
	a, err := j.readAnchor() // before the journal: what comes meanwhile is later
	last, fail := j.end(ctx)
	detail := ""
	switch {
	case errors.Is(fail, errBadMark):
		detail = forgedMark
	case fail != nil:
		return fail
	case errors.Is(err, fs.ErrNotExist):
		if last.Seq == 0 {
			j.drop(end{}) // the journal begins: a crash before its first anchor is no alarm
		} else {
			detail = "Aucune ancre n’a été trouvée sur ce serveur\u00a0: jusqu’ici, rien ne prouve que la fin du journal n’a pas été supprimée."
		}
	case errors.Is(err, errBadAnchor):
		detail = "Le fichier de l’ancre a été modifié ou vient d’une autre installation\u00a0: jusqu’ici, rien ne prouve que la fin du journal n’a pas été supprimée."
	case err != nil:
		return err
	default:
		if detail, err = j.compare(ctx, a, last); err != nil {
			return err
		}
	}
	if detail != "" {
		if err := j.report(ctx, detail); err != nil {
			return err
		}
	}
	j.examined = true
	return nil
}

// compare says what is wrong between an anchor and the journal, "" when nothing is.
func (j *Journal) compare(ctx context.Context, a anchor, last link) (string, error) {
	if a.Seq > last.Seq {
		return "La fin du journal manque\u00a0: l’ancre en est à l’entrée n°\u00a0" + number(a.Seq) + ", le journal à la n°\u00a0" + number(last.Seq) + ".", nil
	}
	m, err := j.mark(ctx)
	if errors.Is(err, errBadMark) {
		return forgedMark, nil
	} else if err != nil {
		return "", err
	}
	if a.Seq <= m.Seq {
		return "", nil // purged since
	}
	found := false
	err = j.store.WalkJournal(ctx, a.Seq, func(e registry.Entry) error {
		found = e.Seq == a.Seq && e.Seal == a.Seal
		return errStop
	})
	if err != nil && !errors.Is(err, errStop) {
		return "", err
	}
	if !found {
		return "L’entrée n°\u00a0" + number(a.Seq) + " n’est plus celle que l’ancre désigne.", nil
	}
	return "", nil
}

const forgedMark = "La marque de purge du journal a été modifiée."

// errStop ends a walk.
var errStop = errors.New("enough")
