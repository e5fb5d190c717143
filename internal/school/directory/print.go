package directory

import (
	"context"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A PrintForm says which letters to print.
type PrintForm struct {
	Year     belvedere.SchoolYear
	Profile  string // Pupils, Guardians or Staff
	Division string // "" for all
	Second   string // language printed below the French, "" for none
	Waiver   string // why letters leave although blocking findings stand
	Again    bool   // also for accounts that were opened: the code then resets the password
	Person   int64  // local id of one person of the profile, 0 for all
}

// A Run is a set of letters, with their codes in clear: they exist nowhere else.
type Run struct {
	ID      int64 // 0 for a preview
	School  string
	Year    belvedere.SchoolYear
	Title   string
	At      time.Time
	Expires time.Time
	Letters []Letter
}

// A Letter goes to one envelope.
type Letter struct {
	Division string
	Pupil    string // whose hand it goes through, "" for staff
	Sender   []string
	To       []string // name, then address when it is known
	Texts    []Text   // French first
	Access   []Access
	pupil    int64
	values   map[string]string
}

// A Text is what a letter says in one language.
type Text struct{ Language, Subject, Body string }

// An Access is what one person opens an account with.
type Access struct {
	Name, Login, Code string
	who               who
	account, code     int64
}

// Standing is what letters wait for.
type Standing struct {
	Checked  bool // the checks were run since the last import
	Blocking int  // findings that block, open
}

func standing(tx *vault.Tx, year belvedere.SchoolYear) (st Standing, err error) {
	_, err = tx.Get(`SELECT (SELECT ifnull(max(le), 0) FROM controle WHERE annee = ?1) >= (SELECT ifnull(max(le), 1) FROM import WHERE annee = ?1),
		(SELECT count(*) FROM constat WHERE annee = ?1 AND gravite = 'bloquant' AND etat IN ('ouvert', 'revenu'))`, []any{int(year)}, &st.Checked, &st.Blocking)
	return st, err
}

// Standing tells what letters of a year wait for.
func (s *Service) Standing(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) (st Standing, err error) {
	defer belvedere.Wrap(&err, "Standing(%s, %s)", uai, year)
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		st, err = standing(tx, year)
		return err
	})
	return st, err
}

// refuse holds letters back while something blocks.
func (st Standing) refuse(waiver string) error {
	n := len([]rune(waiver))
	switch {
	case !st.Checked:
		return belvedere.Errorf(belvedere.Conflict, "Les contrôles n’ont pas été faits depuis le dernier import. Refaites-les depuis la relève, puis imprimez.")
	case st.Blocking > 0 && waiver == "":
		return belvedere.Errorf(belvedere.Conflict,
			"%s. Corrigez-les ou acceptez-les un à un dans la relève\u00a0; sinon, écrivez pourquoi les courriers partent quand même.",
			belvedere.Plural(st.Blocking, "constat bloquant est ouvert", "constats bloquants sont ouverts"))
	case waiver != "" && (n < 5 || n > 500):
		return belvedere.Errorf(belvedere.Invalid, "Le motif tient en une phrase (5 à 500 caractères).")
	}
	return nil
}

// Print makes the letters that a form asks for: accounts are brought up to date, each gets a new
// code, and the run is kept with what is to be ticked when it is handed out. The codes are in the
// answer and nowhere else.
func (s *Service) Print(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, f PrintForm) (run Run, err error) {
	defer belvedere.Wrap(&err, "Print(%s, %s %s)", uai, f.Profile, f.Year)
	f.Waiver = strings.TrimSpace(f.Waiver)
	if err := f.check(); err != nil {
		return run, err
	}
	err = s.write(ctx, who, uai, func(tx *vault.Tx) error {
		st, err := standing(tx, f.Year)
		if err == nil {
			err = st.refuse(f.Waiver)
		}
		if err != nil {
			return err
		}
		if st.Blocking == 0 {
			f.Waiver = ""
		}
		r, _, err := s.enrol(tx, f.Year)
		if err != nil {
			return err
		}
		run = s.compose(r, f)
		if len(run.Letters) == 0 {
			return belvedere.Errorf(belvedere.Invalid, "Aucun courrier n’est à imprimer\u00a0: tous ces comptes sont déjà ouverts, ou personne n’est dans ce choix.")
		}
		if err := run.write(tx, f); err != nil {
			return err
		}
		return s.keep(tx, &run, f, who.Login)
	})
	return run, err
}

func (f PrintForm) check() error {
	if err := checkProfile(f.Profile); err != nil {
		return err
	}
	if f.Second == "" {
		return nil
	}
	if f.Second == "fr" {
		return belvedere.Errorf(belvedere.Invalid, "Les courriers sont en français déjà\u00a0: choisissez une autre seconde langue, ou aucune.")
	}
	return checkLanguage(f.Second)
}

// Preview is a letter as it would be, with names of nobody and codes of nothing.
func (s *Service) Preview(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, f PrintForm) (run Run, err error) {
	defer belvedere.Wrap(&err, "Preview(%s, %s)", uai, f.Profile)
	if err := f.check(); err != nil {
		return run, err
	}
	v, err := s.open(ctx, who, uai)
	if err != nil {
		return run, err
	}
	err = v.Read(ctx, func(tx *vault.Tx) error {
		r, err := readRoster(tx, f.Year)
		if err != nil {
			return err
		}
		run = s.newRun(r, f)
		run.Letters = []Letter{r.example(f.Profile)}
		return run.write(tx, f)
	})
	return run, err
}

func (s *Service) newRun(r *roster, f PrintForm) Run {
	now := s.Now().In(s.Zone)
	title := "Courriers d’activation, "
	for _, p := range ProfileNames {
		if p[0] == f.Profile {
			title += strings.ToLower(p[1])
		}
	}
	if f.Division != "" {
		title += ", " + f.Division
	}
	return Run{Year: f.Year, School: r.school.title(), Title: title, At: now, Expires: now.Add(codeLife)}
}

// compose settles who gets a letter, in the order in which they are handed out.
func (s *Service) compose(r *register, f PrintForm) Run {
	run := s.newRun(r.roster, f)
	switch f.Profile {
	case Pupils:
		run.Letters = r.pupilLetters(f)
	case Guardians:
		run.Letters = r.householdLetters(f)
	case Staff:
		run.Letters = r.staffLetters(f)
	}
	return run
}

// write puts the texts into letters, in French and in the second language.
func (run *Run) write(tx *vault.Tx, f PrintForm) error {
	languages := []string{"fr"}
	if f.Second != "" {
		languages = append(languages, f.Second)
	}
	for _, language := range languages {
		t, err := template(tx, f.Profile, language)
		if err != nil {
			return err
		}
		if t.Body == "" {
			return belvedere.Errorf(belvedere.Invalid, "Aucun modèle n’est rédigé dans cette langue pour ce profil. Rédigez-le d’abord.")
		}
		for i := range run.Letters {
			l := &run.Letters[i]
			v := map[string]string{"etablissement": run.School, "annee": f.Year.String(), "expiration": belvedere.ShortDate(run.Expires)}
			for name, value := range l.values {
				v[name] = value
			}
			l.Texts = append(l.Texts, Text{language, fill(t.Subject, v), fill(t.Body, v)})
		}
	}
	return nil
}

// keep issues the codes and writes the run with its letters.
func (s *Service) keep(tx *vault.Tx, run *Run, f PrintForm, by string) (err error) {
	now := s.Now()
	languages := "fr"
	if f.Second != "" {
		languages += "," + f.Second
	}
	run.ID, err = tx.Insert("INSERT INTO lot (annee, division, profil, modele, langues, derogation, le, par) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		int(f.Year), f.Division, f.Profile, f.Profile, languages, f.Waiver, vault.Micros(now), by)
	if err != nil {
		return err
	}
	rank := 0
	for i := range run.Letters {
		l := &run.Letters[i]
		for j := range l.Access {
			a := &l.Access[j]
			if a.account == 0 {
				continue // opened already: no code is owed
			}
			if a.Code, a.code, err = issue(tx, a.account, now); err != nil {
				return err
			}
			var pupil any
			if l.pupil != 0 {
				pupil = l.pupil
			}
			rank++
			if _, err := tx.Exec("INSERT INTO lettre (lot, rang, division, eleve, qui, qui_id, code, pli) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
				run.ID, rank, l.Division, pupil, a.who.sort, a.who.id, a.code, i+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// Codes counts the codes of a run.
func (run Run) Codes() (n int) {
	for _, l := range run.Letters {
		n += len(slices.DeleteFunc(slices.Clone(l.Access), func(a Access) bool { return a.Code == "" }))
	}
	return n
}
