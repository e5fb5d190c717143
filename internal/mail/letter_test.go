package mail

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"belvedere"
)

var update = flag.Bool("update", false, "write the golden files again")

// letters are all of ours, as they are sent.
func letters(t *testing.T) map[string]Message {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	c := Console{Territory: "Département de l’Ille-et-Vilaine", URL: "https://console.test", Zone: zone}
	p := Person{Name: "Thomas DUBOIS", Address: "thomas.dubois@collectivite.fr", Login: "Thomas@DUBOIS"}
	at := time.Date(2026, 11, 22, 9, 5, 0, 0, time.UTC)
	link := "https://console.test/compte?lien=ABC&x=1"
	return map[string]Message{
		"invitation":   c.Invitation(p, link, at),
		"inscription":  c.AccountReady(p),
		"mot-de-passe": c.Reset(p, link, at),
		"adresse":      c.EmailChange(p, link, at),
		"securite":     c.SecurityNotice(p, MethodAdded, at, "Clé « Bureau »", "192.0.2.7", "Firefox sous Linux"),
		"convention": c.AgreementReminder(p, []Ending{
			{School: "Collège Anne-de-Bretagne (0350001A)", Reference: "2026-14", Last: belvedere.Date(2026, 12, 31), Link: link},
			{Last: belvedere.Date(2027, 1, 1)},
		}),
		"alertes": c.AlertDigest(p, []AlertLine{
			{Alert: "Effectifs", Where: "Collège Anne-de-Bretagne", Text: "1\u202f234 élèves, au-dessus du seuil de 1\u202f200", When: "année 2026-2027"},
			{Alert: "Retards", Where: "Ensemble", Text: "+12,5\u202f% un an avant"},
		}),
		"envoi": c.ScheduledLetter(p, ScheduledFile{Label: "Effectifs du lundi", Title: "Élèves par établissement, année 2026-2027", Rhythm: "chaque lundi",
			Link: link, Stop: "https://console.test/envois/3/arreter", By: "Claire MORVAN", File: Attachment{Name: "eleves-7kq2-m9xd.csv", Type: "text/csv; charset=utf-8", Body: []byte("a,b\n")}}),
		"gouvernance": c.Governance(p, GovernanceNews{Subject: "question\u00a0: Césure", What: "Quelqu’un pose une question à la responsabilité Scolarité, et attend une réponse.",
			Facts: [][2]string{{"Objet", "Césure"}, {"Note", ""}, {"Question", "Qui la saisit <b>ici</b> ?\r\nBcc: x@y.example"}}, Label: "Ouvrir la question", Link: "https://console.test/gouvernance/questions/3"}),
		"essai": c.Trial(p),
	}
}

func TestLettersAsWritten(t *testing.T) {
	for name, m := range letters(t) {
		got := "À : " + m.ToName + " <" + m.To + ">\nObjet : " + m.Subject + "\n\n" + m.Text + "\n-----\n" + m.HTML
		file := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is now:\n%s", name, got)
		}
	}
}

func TestSubjectsOfTheSeed(t *testing.T) {
	all := letters(t)
	for name, want := range map[string]string{
		"invitation": "Inscription à la console territoriale", "inscription": "Console - Inscription terminée",
		"mot-de-passe": "Console Collectivité - Réinitialiser votre mot de passe",
	} {
		if got := all[name].Subject; got != want {
			t.Errorf("subject %q, want %q", got, want)
		}
	}
	if !strings.Contains(all["mot-de-passe"].Text, "Thomas@DUBOIS") {
		t.Error("the letter of reset does not recall the identifier")
	}
}

// TestHTMLIsPlain wants what any reader of mails shows: no image, no style, no script, nothing
// that is fetched, a language and a title; and the same links as the text.
func TestHTMLIsPlain(t *testing.T) {
	allowed := map[string]string{"html": "lang", "head": "", "meta": "charset", "title": "", "body": "", "p": "", "a": "href", "ul": "", "li": "", "strong": ""}
	for name, m := range letters(t) {
		doc, err := html.Parse(strings.NewReader(m.HTML))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			attr, ok := allowed[n.Data]
			if !ok {
				t.Errorf("%s: holds <%s>", name, n.Data)
			}
			for _, a := range n.Attr {
				if a.Key != attr {
					t.Errorf("%s: <%s %s>", name, n.Data, a.Key)
				}
				if a.Key == "href" && !strings.Contains(m.Text, a.Val) {
					t.Errorf("%s: the text lacks %s", name, a.Val)
				}
			}
		}
	}
}
