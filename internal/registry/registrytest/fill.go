package registrytest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// Fill puts something of every kind into an empty registry: at least a row in each table.
func Fill(t *testing.T, r registry.Registry) {
	t.Helper()
	s := &suite{t: t, ctx: context.Background(), Registry: r}
	s.must(s.PutSettings(s.ctx, map[string]string{registry.SettingTerritoryName: "Département de l’Ille-et-Vilaine"}))
	s.must(s.SetMeta(s.ctx, "essai", "«\u00a0é\u00a0» \\ \" <&>\u2028\n\t\U0001F600"))
	s.fillDeliveries()
	s.fillAccounts()
	s.fillRights()
	s.fillDefinitions()
	s.fillDeclarations()
	s.fillWatch()
	s.fillExtracts()
	s.fillGovernance()
	s.fillDashboards()
	s.fillFormulas()
	s.fillSaved()
	s.must(s.PutPerimeter(s.ctx, "abc", []belvedere.UAI{"0350001L", "0350017D"}))
	s.must(s.AddMembers(s.ctx, []belvedere.Member{{List: "etapes", Code: "L1", Label: "L1 «\u00a0Informatique\u00a0»"}}, 1, arrival))
	_, err := s.RenameMembers(s.ctx, []belvedere.Naming{{Member: belvedere.Member{List: "etapes", Code: "L1", Label: "Licence 1"}, Author: "Claire@MORVAN", At: arrival}})
	s.must(err)
	var list []registry.Entry
	for i := range 250 {
		list = append(list, registry.Entry{At: arrival.Add(time.Duration(i) * time.Second), Account: 1, Login: "Claire@MORVAN", Door: "page",
			Action: "consultation", Object: fmt.Sprintf("/social?page=%d", i), Result: "fait", From: "192.0.2.1", Perimeter: "abc", Detail: "100 %"})
	}
	s.must(s.AppendJournal(s.ctx, list, chain))
	s.must(s.PurgeJournal(s.ctx, 20, "marque"))
}

func (s *suite) fillDeliveries() {
	s.t.Helper()
	d := file("vendeur", "lot-1", "effectifs", "a", "0350017D/2025")
	d.Only = []belvedere.UAI{"0350017D"}
	d = s.accept(d)
	d.State = belvedere.Staged
	s.must(s.Record(s.ctx, d, 20, []belvedere.Fault{{File: "a\x00.csv", Line: 3, Field: "niveau", Value: "9\xff", Rule: "code_inconnu",
		Severity: belvedere.SeverityError, Message: "code inconnu", Mend: "corrigez"}}))
	e, err := s.PlanEdition(s.ctx, "première", []registry.Planned{{Seq: d.Seq, Slices: parts("0350017D/2025")}})
	s.must(err)
	s.must(s.FinishEdition(s.ctx, e.Number, arrival))
	s.accept(file("fichier", "", "", "b"))
}

// fillAccounts adds three people, of whom the last is gone: numbers are not given twice.
func (s *suite) fillAccounts() {
	s.t.Helper()
	g, err := s.PutGroup(s.ctx, registry.Group{Name: "Collèges de Rennes", Rule: "commune", Values: []string{"Rennes"}})
	s.must(err)
	for _, a := range []registry.Account{person("Claire", "Morvan"), person("Éric", "Œuvrard"), person("Hors", "Jeu")} {
		a.Groups, a.Within = []int64{g.ID}, []belvedere.Within{{Dim: "composante", Codes: []string{"GC", "INFO"}}}
		a, err := s.CreateAccount(s.ctx, a)
		s.must(err)
		s.must(s.SetPassword(s.ctx, a.ID, "$argon2id$"+a.Login, arrival))
		s.must(s.SetTOTP(s.ctx, a.ID, "scellé"))
		s.must(s.UseTOTP(s.ctx, a.ID, 58))
		s.must(s.SetRecovery(s.ctx, a.ID, []string{"h1", "h2"}))
		s.must(s.PutPasskey(s.ctx, registry.Passkey{Account: a.ID, Credential: []byte{0, 255, byte(a.ID)}, Name: "Clé bleue", Data: []byte(`{"n":1}`), Created: arrival}))
		s.must(s.PutSession(s.ctx, registry.Session{Hash: "s-" + a.Login, Account: a.ID, Strong: true, Created: arrival, LastUsed: arrival, Expires: arrival.Add(time.Hour)}))
		s.must(s.PutLink(s.ctx, registry.Link{Hash: "l-" + a.Login, Kind: registry.LinkReset, Account: a.ID, Created: arrival, Expires: arrival.Add(time.Hour)}, false))
	}
	s.must(s.DeleteAccount(s.ctx, 3, 0))
}

func (s *suite) fillRights() {
	s.t.Helper()
	_, err := s.PutAgreement(s.ctx, agreement())
	s.must(err)
	_, err = s.PutSchoolEdit(s.ctx, registry.SchoolEdit{School: "0350017D", Postcodes: []string{"35000"}, By: "Claire@MORVAN", At: arrival})
	s.must(err)
	s.must(s.PutContests(s.ctx, "0350017D", []registry.Contest{{Dataset: "effectifs", From: belvedere.Date(2025, 10, 1), Line: "6eme;F", Text: "Trois élèves en trop.", At: arrival}}))
	s.must(s.PutBenchmarkGroup(s.ctx, registry.BenchmarkGroup{Figure: "eleves valeur 2025 college", Stratum: "0.8.0.4", Schools: []belvedere.UAI{"0350017D"}, Edition: 1, At: arrival}, 0))
	_, err = s.PutCatalog(s.ctx, registry.CatalogVersion{Version: "v1", Program: "0.1.0", Files: "aGVsbG8=", At: arrival})
	s.must(err)
	_, err = s.KeepReceipts(s.ctx, []registry.NewReceipt{receipt("AAAABBBBCCCC", arrival), receipt("AAAABBDDDDDD", arrival)}, receiptParts)
	s.must(err)
	s.must(s.PutRelease(s.ctx, registry.Release{Number: 1, Edition: 1, Rules: "{}", Reason: "chargement", At: arrival}, map[registry.SheetName]string{{Release: 1, Dataset: "effectifs", Year: 2025}: "H4sI"}))
	_, err = s.CreateToken(s.ctx, registry.Token{Name: "Éditeur", Vendor: "editeur", Hash: "t1", Push: true, Schools: []belvedere.UAI{"0350017D"}, Created: arrival})
	s.must(err)
	_, err = s.CreateToken(s.ctx, registry.Token{Account: 1, Strong: true, Name: "Carnet", Hash: "t2", Read: true, Created: arrival, Expires: arrival.Add(time.Hour)})
	s.must(err)
	_, err = s.CreateGrant(s.ctx, granted(1))
	s.must(err)
	s.fillRequests()
}

// person is an active account of the territory.
func person(first, last string) registry.Account {
	return registry.Account{Login: first + "@" + last, FirstName: first, LastName: last, Email: first + "." + last + "@collectivite.example",
		Function: "Chargée d’études", State: registry.Active, Place: registry.InTerritory, Schools: []belvedere.UAI{"0350001L", "0350017D"},
		AllWidgets: true, Created: arrival}
}

// chain is a seal that tells its place and the seal before.
func chain(previous string, e *registry.Entry) error {
	e.Seal = fmt.Sprintf("%d<%.40s", e.Seq, previous)
	return nil
}
