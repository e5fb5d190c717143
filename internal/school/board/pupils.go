package board

import (
	"context"
	"strings"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Pupil is a line of the list of pupils.
type Pupil struct {
	ID        int64
	Name      string // "FERRY Jade"
	Birth     string // as stored: 2015-03-14
	Division  string
	Level     string
	Enrolled  bool // by the official rule
	Present   bool // in the last file
	Entry     string
	Exit      string
	Guardians int
}

// PupilFilter chooses pupils.
type PupilFilter struct {
	Text     string // part of the name
	Division string
	State    string // "": enrolled; "partis": gone or left; "tous"
}

// mostPupils bounds one answer.
const mostPupils = 3000

// Pupils lists the pupils of a year by name, with the divisions that there are.
func (s *Service) Pupils(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, f PupilFilter) (list []Pupil, divisions []string, err error) {
	defer belvedere.Wrap(&err, "Pupils(%s, %s)", uai, year)
	where := map[string]string{"": "s.scolarise = 1", "partis": "(s.present = 0 OR s.sortie <> '')", "tous": "1 = 1"}[f.State]
	if where == "" {
		return nil, nil, belvedere.Errorf(belvedere.Invalid, "Ce choix d’élèves n’existe pas.")
	}
	like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(vault.Fold(f.Text)) + "%"
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		err := tx.Each(`SELECT e.id, e.nom || ' ' || e.prenom, e.naissance, s.division, s.niveau, s.scolarise, s.present, s.entree, s.sortie,
			(SELECT count(*) FROM lien l WHERE l.annee = s.annee AND l.eleve = e.id)
			FROM scolarite s JOIN eleve e ON e.id = s.eleve
			WHERE s.annee = ? AND `+where+` AND (? = '' OR s.division = ?) AND replace(e.cle, '|', ' ') LIKE ? ESCAPE '\' ORDER BY e.cle, e.id LIMIT ?`,
			[]any{int(year), f.Division, f.Division, like, mostPupils}, func(scan func(...any) error) error {
				var p Pupil
				err := scan(&p.ID, &p.Name, &p.Birth, &p.Division, &p.Level, &p.Enrolled, &p.Present, &p.Entry, &p.Exit, &p.Guardians)
				list = append(list, p)
				return err
			})
		if err != nil {
			return err
		}
		return tx.Each("SELECT DISTINCT division FROM scolarite WHERE annee = ? AND division <> '' ORDER BY division", []any{int(year)}, func(scan func(...any) error) error {
			var d string
			err := scan(&d)
			divisions = append(divisions, d)
			return err
		})
	})
	return list, divisions, err
}

// A PupilFile is what the page of a pupil shows.
type PupilFile struct {
	ID                                int64
	Last, First, Usual, Birth, Sex    string
	INE, Mail, Address                string
	Years                             []PupilYear
	Guardians                         []PupilGuardian
	Groups                            []string // of the latest year
	Passages                          []Passage
	Findings                          []Said // open
	Connections, Absences, Latenesses int
}

// Name is "FERRY Jade".
func (p PupilFile) Name() string { return p.Last + " " + p.First }

// A PupilYear is a pupil in a year.
type PupilYear struct {
	Year                                    belvedere.SchoolYear
	Division, MEF, Regime, Entry, Exit, ENO string
	Enrolled, Present                       bool
}

// A PupilGuardian is a guardian with the link.
type PupilGuardian struct {
	Guardian
	Kin   string // 2-character code
	Level int
}

// Said is a finding in short.
type Said struct {
	ID      int64
	Message string
}

// A Passage is a moment of the schooling.
type Passage struct{ Kind, From, To, Day string }

// PupilFile reads a pupil.
func (s *Service) PupilFile(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (p PupilFile, err error) {
	defer belvedere.Wrap(&err, "PupilFile(%s, %d)", uai, id)
	found := false
	err = s.read(ctx, who, uai, func(tx *vault.Tx) (err error) {
		found, err = tx.Get(`SELECT id, nom, prenom, nom_usage, naissance, sexe, ine, mel, trim(adresse1 || ' ' || adresse2 || ' ' || adresse3 || ' ' || adresse4 || ' ' || code_postal || ' ' || commune)
			FROM eleve WHERE id = ?`, []any{id}, &p.ID, &p.Last, &p.First, &p.Usual, &p.Birth, &p.Sex, &p.INE, &p.Mail, &p.Address)
		if err != nil || !found {
			return err
		}
		return s.fill(tx, &p)
	})
	if err == nil && !found {
		err = belvedere.Errorf(belvedere.NotFound, "Aucun élève de l’établissement ne porte ce numéro.")
	}
	return p, err
}

// fill reads what hangs on a pupil.
func (s *Service) fill(tx *vault.Tx, p *PupilFile) (err error) {
	id := []any{p.ID}
	err = tx.Each("SELECT annee, division, mef, regime, entree, sortie, elenoet, scolarise, present FROM scolarite WHERE eleve = ? ORDER BY annee DESC", id, func(scan func(...any) error) error {
		var y PupilYear
		err := scan(&y.Year, &y.Division, &y.MEF, &y.Regime, &y.Entry, &y.Exit, &y.ENO, &y.Enrolled, &y.Present)
		p.Years = append(p.Years, y)
		return err
	})
	if err != nil || len(p.Years) == 0 {
		return err
	}
	year := int(p.Years[0].Year)
	err = tx.Each("SELECT k.parente, k.niveau, "+columnsOf("a")+" FROM lien k JOIN personne a ON a.id = k.personne WHERE k.annee = ?1 AND k.eleve = ?2 ORDER BY k.niveau, k.parente, a.cle", []any{year, p.ID},
		func(scan func(...any) error) error {
			var g PupilGuardian
			err := scan(append([]any{&g.Kin, &g.Level}, g.into()...)...)
			p.Guardians = append(p.Guardians, g)
			return err
		})
	if err != nil {
		return err
	}
	if err := p.fillGroups(tx, year); err != nil {
		return err
	}
	return p.fillEvents(tx)
}

// fillGroups reads the groups of a year.
func (p *PupilFile) fillGroups(tx *vault.Tx, year int) error {
	return tx.Each("SELECT groupe FROM eleve_groupe WHERE annee = ? AND eleve = ? ORDER BY groupe", []any{year, p.ID}, func(scan func(...any) error) error {
		var g string
		err := scan(&g)
		p.Groups = append(p.Groups, g)
		return err
	})
}

// fillEvents reads the history of a pupil, and counts what is kept of school life.
func (p *PupilFile) fillEvents(tx *vault.Tx) error {
	id := []any{p.ID}
	err := tx.Each("SELECT sorte, de_division, a_division, le FROM passage WHERE eleve = ? ORDER BY id", id, func(scan func(...any) error) error {
		var x Passage
		err := scan(&x.Kind, &x.From, &x.To, &x.Day)
		p.Passages = append(p.Passages, x)
		return err
	})
	if err != nil {
		return err
	}
	err = tx.Each("SELECT id, message FROM constat WHERE etat IN ('ouvert', 'revenu') AND (qui = 'eleve' AND qui_id = ?1 OR avec = 'eleve' AND avec_id = ?1) ORDER BY id", id, func(scan func(...any) error) error {
		var l Said
		err := scan(&l.ID, &l.Message)
		p.Findings = append(p.Findings, l)
		return err
	})
	if err != nil {
		return err
	}
	_, err = tx.Get(`SELECT (SELECT count(*) FROM connexion WHERE qui = 'eleve' AND qui_id = ?1), (SELECT count(*) FROM demi_journee WHERE eleve = ?1), (SELECT count(*) FROM retard WHERE eleve = ?1)`,
		id, &p.Connections, &p.Absences, &p.Latenesses)
	return err
}
