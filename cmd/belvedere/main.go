// Command belvedere is the infocentre: server, loader, queries and checks in one program.
//
// Exit codes: 0 done, 1 refused or failed, 2 misuse.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/config"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// cli is the grammar: flags of all commands, then one field per command.
type cli struct {
	Data   string `help:"Dossier des données." placeholder:"DOSSIER" type:"path"`
	Config string `help:"Fichier de configuration (YAML)." placeholder:"FICHIER" type:"existingfile" env:"BELVEDERE_CONFIG"`
	Quiet  bool   `help:"N’écrire que les erreurs." short:"q"`

	Serve          serveCmd      `cmd:"" help:"Lancer le serveur de la console."`
	Demo           demoCmd       `cmd:"" help:"Charger un département fictif dans un dossier de données vide."`
	Load           loadCmd       `cmd:"" help:"Charger des fichiers : le format est reconnu par les en-têtes."`
	Import         importCmd     `cmd:"" help:"Importer les fichiers d’un établissement dans son coffre : SIECLE, STS-Web, emploi du temps, annuaire."`
	Person         personCmd     `cmd:"" help:"Fichiers de personnes d’un établissement du supérieur : importer, compter, remettre, effacer."`
	Query          queryCmd      `cmd:"" help:"Poser une question aux indicateurs."`
	Explore        exploreCmd    `cmd:"" help:"Répondre à une question de l’explorateur : lignes, colonnes, sous-totaux, parts, comparaisons."`
	Saved          savedCmd      `cmd:"" help:"Gérer les requêtes enregistrées : les lister, y répondre, les partager, en répondre."`
	Explain        explainCmd    `cmd:"" help:"Expliquer l’écart entre deux chiffres."`
	Benchmark      benchmarkCmd  `cmd:"" help:"Placer un établissement parmi ses semblables."`
	Dashboard      dashboardCmd  `cmd:"" help:"Gérer et calculer les tableaux de bord."`
	Coverage       coverageCmd   `cmd:"" help:"Voir ce qui est reçu et attendu, mois par mois."`
	Export         exportCmd     `cmd:"" help:"Écrire le tableau d’une page dans un fichier."`
	Catalog        catalogCmd    `cmd:"" help:"Imprimer le catalogue des indicateurs."`
	Check          checkCmd      `cmd:"" help:"Contrôler le catalogue et exécuter ses tests."`
	Delivery       deliveryCmd   `cmd:"" help:"Voir les livraisons et leurs défauts."`
	User           userCmd       `cmd:"" help:"Gérer les comptes : inviter, verrouiller, importer, donner un lien."`
	Grant          grantCmd      `cmd:"" help:"Gérer les habilitations : ce que chacun peut au-delà de ses droits, pour une finalité et jusqu’à un jour."`
	Request        requestCmd    `cmd:"" help:"Gérer les demandes : en déposer, les voir, les décider, mesurer leurs délais."`
	Group          groupCmd      `cmd:"" help:"Gérer les groupes d’établissements."`
	Agreement      agreementCmd  `cmd:"" help:"Gérer les conventions : ce que chaque établissement partage."`
	Defined        definedCmd    `cmd:"" name:"definition" help:"Dire ce que comptent les indicateurs, et en décider : versions, propositions, effets."`
	Formula        formulaCmd    `cmd:"" help:"Écrire des formules sur les indicateurs."`
	Population     peopleSetCmd  `cmd:"" help:"Nommer des populations que formules et requêtes désignent."`
	Dataset        datasetCmd    `cmd:"" help:"Faire un jeu de données d’un fichier : proposer, déclarer, montrer, retirer."`
	Release        releaseCmd    `cmd:"" help:"Protéger les petits nombres : règles du secret statistique, effet, diffusions."`
	Token          tokenCmd      `cmd:"" help:"Gérer les jetons des programmes."`
	Alert          alertCmd      `cmd:"" help:"Gérer les alertes sur les indicateurs."`
	Schedule       scheduleCmd   `cmd:"" help:"Gérer les fichiers envoyés à un rythme."`
	Governance     governanceCmd `cmd:"" help:"Tenir l’organisation autour des chiffres : responsabilités, calendrier, règles, questions, formations."`
	Coherence      coherenceCmd  `cmd:"" help:"Contrôler la modélisation d’un établissement sur ses données."`
	Extract        extractCmd    `cmd:"" help:"Demander, suivre et tracer des extraits : totaux, ou lignes de personnes sous pseudonymes."`
	School         schoolCmd     `cmd:"" help:"Voir et corriger le registre des établissements ; gérer leurs coffres."`
	Directory      directoryCmd  `cmd:"" help:"Écrire l’annuaire d’un établissement et les courriers d’activation."`
	Settings       settingsCmd   `cmd:"" help:"Voir et fixer les réglages du territoire."`
	Audit          auditCmd      `cmd:"" help:"Vérifier, lister et purger le journal des accès."`
	Backup         backupCmd     `cmd:"" help:"Sauvegarder toute l’installation dans un fichier."`
	Restore        restoreCmd    `cmd:"" help:"Restaurer une sauvegarde dans un dossier de données vide."`
	Rebuild        rebuildCmd    `cmd:"" help:"Reconstruire l’entrepôt depuis le dépôt et le registre."`
	Version        versionCmd    `cmd:"" help:"Imprimer la version."`
	Replay         replayCmd     `cmd:"" help:"Rejouer un reçu : les mêmes octets, ou ce qui a changé."`
	VerifyReceipts verifyCmd     `cmd:"" name:"verify-receipts" help:"Rejouer les derniers reçus et comparer leurs empreintes."`
}

// env is what a command works with.
type env struct {
	ctx    context.Context
	config config.Config
	in     io.Reader
	out    io.Writer
	err    io.Writer
	log    *slog.Logger
	quiet  bool
}

// misuse is an error of the command line: exit code 2.
type misuse struct{ error }

func run(args []string, in io.Reader, out, errOut io.Writer) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("belvedere"),
		kong.Description("Belvédère, l’infocentre ouvert de l’éducation.\n\nCodes de sortie : 0 fait, 1 refusé ou échoué, 2 mauvais usage."),
		kong.Writers(out, errOut),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Help(frenchHelp),
	)
	if err != nil {
		fmt.Fprintln(errOut, "belvedere:", err)
		return 2
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(errOut, "belvedere : %s\nVoir « belvedere --help ».\n", translate(errorPhrases, err.Error()))
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	if !strings.HasPrefix(parsed.Command(), "export") {
		keepPrivate() // all that the other commands write goes to the data folder
	}
	level := slog.LevelWarn
	if parsed.Command() == "serve" {
		level = slog.LevelInfo // the only command with a journal that someone keeps
	}
	e, err := c.env(ctx, level, in, out, errOut)
	if err == nil {
		err = parsed.Run(e)
	}
	return e.exit(err)
}

// env reads the configuration: file < environment < flags.
func (c *cli) env(ctx context.Context, level slog.Level, in io.Reader, out, errOut io.Writer) (*env, error) {
	if c.Quiet {
		level = slog.LevelError
	}
	e := &env{ctx: ctx, in: in, out: out, err: errOut, quiet: c.Quiet,
		log: slog.New(slog.NewTextHandler(errOut, &slog.HandlerOptions{Level: level}))}
	var err error
	e.config, err = config.Load(c.Config, os.Getenv)
	if c.Data != "" {
		e.config.Data = c.Data
	}
	if err != nil {
		return e, misuse{err}
	}
	return e, nil
}

// exit writes an error for people and gives the exit code.
func (e *env) exit(err error) int {
	var bad misuse
	switch {
	case err == nil:
		return 0
	case errors.As(err, &bad):
		fmt.Fprintln(e.err, "belvedere :", err)
		return 2
	case belvedere.KindOf(err) == belvedere.Internal:
		fmt.Fprintln(e.err, "belvedere :", err)
	default:
		fmt.Fprintln(e.err, "belvedere :", belvedere.Message(err))
	}
	return 1
}

// with opens the app for a command and closes it after.
func (e *env) with(do func(a *app.App) error) (err error) {
	a, err := app.Open(e.ctx, e.config, e.log)
	if err != nil && !errors.Is(err, app.ErrHeld) {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return do(a)
}

// alone refuses when another process holds the warehouse.
func (e *env) alone(do func(a *app.App) error) error {
	return e.with(func(a *app.App) error {
		if a.Engine == nil {
			return belvedere.Errorf(belvedere.Unavailable, "un autre processus utilise le dossier %s : arrêtez d’abord le serveur", e.config.Data)
		}
		return do(a)
	})
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprintln(e.out, "belvedere", belvedere.Version)
	return err
}
