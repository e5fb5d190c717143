package governance

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/words"
)

// alike are words of this field that mean the same, or nearly: who asks does not know which one the
// answer used.
var alike = [][]string{
	{"étudiant", "inscrit", "inscription", "inscrire", "effectif"},
	{"élève", "effectif"},
	{"démission", "démissionnaire", "abandon", "abandonner", "décrochage", "décrocheur"},
	{"césure", "interruption"},
	{"formation", "diplôme", "filière", "parcours", "cursus", "programme", "étape"},
	{"UE", "élément", "module", "matière", "enseignement"},
	{"crédit", "ECTS"},
	{"note", "résultat", "moyenne"},
	{"réussite", "admis", "admission", "reçu"},
	{"ajourné", "échec", "redoublement", "redoublant"},
	{"clôture", "clore", "clos", "fermer", "fermeture"},
	{"droit", "habilitation", "accès", "autorisation"},
	{"extraction", "extrait", "export", "exporter", "télécharger"},
	{"chiffre", "indicateur", "statistique"},
	{"rapport", "tableau", "état"},
	{"connexion", "connecter", "identifiant", "compte"},
	{"budget", "dépense", "crédit", "engagement"},
	{"personnel", "agent", "enseignant"},
	{"mobilité", "international", "étranger", "Erasmus"},
	{"panne", "problème", "erreur", "anomalie", "bogue"},
	{"date", "calendrier", "échéance", "délai"},
}

// Questions lists what was asked here and about indicators: with words to look for, those that hold all
// of them, the newest first; when none does, the nearest ones, which hold more than half (Near).
func (s *Service) Questions(ctx context.Context, v belvedere.Viewer, f Search) (out []Entry, err error) {
	defer belvedere.Wrap(&err, "Questions")
	all, err := s.entries(ctx, v)
	if err != nil {
		return nil, err
	}
	look := words.NewSearch(f.Text, alike)
	var near []Entry
	score := map[string]int{}
	for _, e := range all {
		if f.Open && e.Answer != "" || f.Duty != "" && e.Duty != f.Duty || f.Mine && e.By != v.Login {
			continue
		}
		n := look.Found(strings.Join([]string{e.Subject, e.Text, e.Answer, e.About, e.RuleTitle, e.DutyLabel}, " "))
		switch {
		case n == look.Words():
			out = append(out, e)
		case 2*n > look.Words():
			e.Near = true
			score[e.Link] = n
			near = append(near, e)
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	slices.SortStableFunc(near, func(a, b Entry) int { return cmp.Compare(score[b.Link], score[a.Link]) })
	return near, nil
}
