package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/demo"
	"belvedere/internal/territory/semantic"
)

// demoAdministrator manages the console of the fictional département.
const demoAdministrator = "Claire@MORVAN"

// demoDay is the last day of the fictional data, so that two runs see the same pages.
const demoDay = "2026-03-20"

// A stand is the fictional département, served: made once for all tests.
type stand struct {
	server  *server
	data    string
	invited sync.Once
	homes   map[string]string // a page of each person of the demonstration, by name
}

var theStand *stand // closed at the end of the run

var openStand = sync.OnceValues(func() (*stand, error) {
	bin, err := program()
	if err != nil {
		return nil, err
	}
	s := &stand{data: filepath.Join(tempDir, "demo")}
	started := time.Now()
	cmd := exec.Command(bin, "--data", s.data, "--quiet", "demo", "--last-day", demoDay)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("belvedere demo: %w\n%s", err, out)
	}
	fmt.Fprintf(os.Stderr, "belvedere demo: %.1f s\n", time.Since(started).Seconds())
	if err := s.propose(bin); err != nil {
		return nil, err
	}
	if err := s.deliverFaults(bin); err != nil {
		return nil, err
	}
	if s.server, err = start(bin, s.data, nil, "--demo"); err != nil {
		return nil, err
	}
	return s, s.enterAll()
})

// demoLink is a line that the program prints for one of the people of the demonstration.
var demoLink = regexp.MustCompile(`(?m)^  (\S.*?)  +\S.*?  +http\S+(/entree/\S+)$`)

// enterAll opens each link that was printed when the server started, and keeps what its person saw
// first. The links are for one use, and other tests make newer ones.
func (s *stand) enterAll() error {
	var links [][]string
	for over := time.Now().Add(2 * time.Minute); len(links) < len(demo.Accounts()) && time.Now().Before(over); time.Sleep(20 * time.Millisecond) {
		links = demoLink.FindAllStringSubmatch(s.server.log.String(), -1)
	}
	s.homes = map[string]string{}
	for _, l := range links {
		v := s.server.visitor()
		if status, body, err := v.try(context.Background(), http.MethodPost, l[2], nil); err != nil || status != http.StatusSeeOther {
			return fmt.Errorf("the link of %s: %d %v\n%s", l[1], status, err, body)
		}
		_, body, err := v.try(context.Background(), http.MethodGet, "/recherche", nil) // the first page may lead elsewhere
		if err != nil {
			return err
		}
		s.homes[l[1]] = body
	}
	return nil
}

// deliverFaults delivers a file with a few faults and one that is refused, for the pages of deliveries.
func (s *stand) deliverFaults(bin string) error {
	rooms, err := exec.Command(bin, "--data", s.data, "--quiet", "query", "--indicators", "salles", "--by", "etablissement", "--where", "mois=2026-02").Output()
	if err != nil {
		return fmt.Errorf("belvedere query: %w", err)
	}
	for name, text := range map[string]string{faultyFile: faultyRooms(string(rooms)), refusedFile: "date;valeur\n2025-11-30;12\n"} {
		file := filepath.Join(tempDir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return err
		}
		exec.Command(bin, "--data", s.data, "--quiet", "load", file).Run() // a refusal is exit code 1
	}
	return nil
}

// propose leaves two definitions to decide and one refused, with someone who answers for the indicator.
func (s *stand) propose(bin string) error {
	propose := []string{"propose", "classes", "--effet", "2025-09-01", "--motif", "Les élèves d’ULIS <b>ont leur dispositif</b>.", "--numerateur", "effectifs.eleves - effectifs.ulis", "--note", "Sans les élèves d’ULIS."}
	for _, args := range [][]string{
		propose, propose, {"refuse", "2", "--motif", "Trop tôt."}, {"owner", "classes", "Service statistique"},
	} {
		if out, err := exec.Command(bin, append([]string{"--data", s.data, "--quiet", "definition"}, args...)...).CombinedOutput(); err != nil {
			return fmt.Errorf("belvedere definition %s: %w\n%s", args[0], err, out)
		}
	}
	return nil
}

const (
	faultyFile  = "salles-fevrier-2026.csv"
	refusedFile = "export-du-tableur.csv"
)

// faultyRooms corrects the rooms of February: one number is a word, one letter of a UAI is wrong,
// and one school is not in the register.
func faultyRooms(answer string) string {
	var b strings.Builder
	b.WriteString("etablissement;mois;salles\n")
	for i, line := range strings.Split(strings.TrimSpace(answer), "\n")[1:] {
		fields := strings.Split(line, ",")
		school, rooms := fields[0], fields[len(fields)-1]
		switch {
		case i == 12:
			school = school[:7] + string('A'+(school[7]-'A'+1)%3)
		case i == 30:
			rooms = "trente"
		}
		if _, err := strconv.Atoi(rooms); err == nil || i == 30 {
			fmt.Fprintf(&b, "%s;2026-02;%s\n", school, rooms)
		}
	}
	fmt.Fprintf(&b, "%s;2026-02;28\n", belvedere.UAIFromNumber(9_990_901))
	return b.String()
}

// atStand gives the served demonstration.
func atStand(t testing.TB) *stand {
	t.Helper()
	if testing.Short() {
		t.Skip("the demonstration takes its time: not with -short")
	}
	s, err := openStand()
	theStand = s
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// visitor is the administrator of the fictional département, who reads without a browser.
func (s *stand) visitor(t testing.TB) *visitor {
	t.Helper()
	return s.server.signedIn(t, demoAdministrator)
}

// closeStand stops what the tests shared.
func closeStand() {
	closeBrowser()
	if s := theStand; s != nil && s.server != nil {
		s.server.kill()
	}
}

// model is the shipped catalogue.
func model(t testing.TB) *belvedere.Model {
	t.Helper()
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// mainPages are one address of each page: those of the catalogue and those of the house.
func mainPages(t testing.TB) []string {
	t.Helper()
	var list []string
	for _, p := range model(t).Pages {
		list = append(list, p.Path)
	}
	return append(list, "/indicateurs", "/indicateurs?q=absence", "/recherche?q=college", "/recherche?q=zzzz", "/livraisons", "/premiers-pas", "/guide", "/guide/infocentre", "/administration/etablissements/nouveau",
		"/livraisons/1", "/livraisons?etat=refusees", refusedDelivery(t), faultyDelivery(t), "/editions", "/editions/1",
		"/ecart", "/ecart?a=eleves+annee=2025&b=/moyens/par-etablissement%3Fannee=2024", "/ecart?a=eleves+annee=2025&b=20+000",
		"/etablissements/hors-registre", "/definitions", "/definitions/1", "/definitions/2", "/moyens/par-etablissement?definition=classes@1", "/indicateurs/classes", "/indicateurs/classes/proposer", "/indicateurs/referentiel_moyens", "/comparaison", "/comparaison?etablissement=9990002Y", "/couverture", "/couverture?jeu=effectifs", "/moyens/par-etablissement?comparer=an_dernier", "/?comparer=precedente",
		"/gouvernance", "/gouvernance/calendrier", "/gouvernance/calendrier/nouvelle", "/gouvernance/regles", "/gouvernance/regles/1", "/gouvernance/regles/1/modifier", "/gouvernance/regles/1/differences?de=1&a=2",
		"/gouvernance/questions", "/gouvernance/questions/1", "/gouvernance/questions/nouvelle", "/gouvernance/formations", "/gouvernance/formations/1", "/gouvernance/coherence",
		"/explorateur", "/explorateur?indicateurs=eleves,classes&lignes=type,secteur&sous_totaux=oui", "/explorateur?indicateurs=eleves&lignes=type&colonnes=sexe&forme=pivot&detail=0", "/explorateur?indicateurs=eleves&lignes=type&colonnes=secteur&forme=chaleur", "/explorateur?indicateurs=sanctions&lignes=etablissement&forme=carte", "/explorateur?indicateurs=eleves&lignes=niveau&colonnes=sexe&forme=empilees", "/explorateur?indicateurs=eleves,classes&lignes=commune&forme=nuage",
		"/requetes", "/formules", "/formules/nouvelle", "/populations", "/populations/nouvelle", "/tableaux-de-bord", "/tableaux-de-bord/nouveau", "/tableaux-de-bord/direction",
		"/demandes", "/demandes/a-traiter", "/demandes/delais", "/demandes/nouvelle/acces", "/demandes/nouvelle/rapport", "/jeux", "/jeux/nouveau", "/administration/habilitations",
		"/alertes", "/alertes/nouvelle", "/envois", "/envois/nouveau", "/envois/nouveau?page=/moyens/synthese",
		"/?perimetre=constant", missingPage, "/?annee=1975")
}

// wrongPages are addresses that cannot be answered: the page says what is wrong with them.
var wrongPages = []string{"/explorateur?indicateurs=eleves&du=2026-03-01&au=2026-01-01", "/explorateur?indicateurs=eleves&lignes=inconnue"}

const missingPage = "/nulle-part"

func refusedDelivery(t testing.TB) string { return deliveryAddress(t, refusedFile) }
func faultyDelivery(t testing.TB) string  { return deliveryAddress(t, faultyFile) }

// deliveryAddress is the page of a delivered file, by its name.
func deliveryAddress(t testing.TB, file string) string {
	t.Helper()
	_, body := atStand(t).visitor(t).get(t, "/livraisons?q="+file)
	before, _, ok := strings.Cut(body, `"><b>`+file)
	if !ok {
		t.Fatalf("no delivery of %s is listed", file)
	}
	return before[strings.LastIndex(before, `"`)+1:]
}

// views are the pages of the catalogue with each table, both sides of the switch and each period.
func views(t testing.TB) []string {
	t.Helper()
	var list []string
	for _, p := range model(t).Pages {
		for _, period := range p.Periods {
			if period != p.Periods[0] {
				list = append(list, p.Path+"?periode="+string(period))
			}
		}
		for i, b := range p.Blocks {
			if b.Table == nil {
				continue
			}
			if p.Tabs && i > 0 {
				list = append(list, p.Path+"?tableau="+b.Table.ID)
			}
			if b.Table.Rates {
				list = append(list, p.Path+"?tableau="+b.Table.ID+"&mode=taux")
			}
		}
	}
	return list
}
