package main

import (
	"bytes"
	"io"
	"regexp"

	"github.com/alecthomas/kong"
)

// The parser of the command line speaks English; who reads its help and its errors reads French.

// A phrase is what the parser writes and how it reads here.
type phrase struct {
	english *regexp.Regexp
	french  string
}

func phrases(pairs ...string) []phrase {
	var list []phrase
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, phrase{regexp.MustCompile(pairs[i]), pairs[i+1]})
	}
	return list
}

var helpPhrases = phrases(
	`(?m)^Usage: `, "Usage : ",
	`(?m)^Flags:$`, "Options :",
	`(?m)^Commands:$`, "Commandes :",
	`(?m)^Arguments:$`, "Arguments :",
	`<command>`, "<commande>",
	`\[flags\]`, "[options]",
	`Show context-sensitive help\.`, "Montrer cette aide.",
	`Run "([^"]+)" for more information on a command\.`, "« $1 » décrit une commande.",
	`Run "([^"]+)" for more information\.`, "« $1 » en dit plus.",
)

var errorPhrases = phrases(
	`^unexpected argument (\S+)`, "l’argument « $1 » n’a pas de sens ici",
	`^unknown flag (\S+?)(,|$)`, "l’option $1 n’existe pas$2",
	`, did you mean one of (.+)\?$`, " ; peut-être l’une de $1",
	`, did you mean (.+)\?$`, " ; peut-être $1",
	`^missing flags: `, "il manque ",
	`^missing positional arguments `, "il manque ",
	`^expected one of `, "il manque une commande : ",
	`^expected `, "il manque ",
	`^(\S+): expected (?:an int|a valid \d+ bit u?int) but got "?([^"]*?)"?(?: \(\w+\))?$`, "$1 : « $2 » doit être un entier",
	`^(\S+): expected \w+ value but got "([^"]*)" \((?:short|long) flag\); perhaps try (.+)\?$`, "$1 : la valeur manque ; pour « $2 », écrire $3",
	`^(\S+): expected \w+ value but got .+$`, "$1 : la valeur manque",
	`^(\S+) must be one of (.+) but got (.+)$`, "$1 : $3 n’est pas l’une de $2",
	`^(?:(\S+): )?stat ([^:]+): no such file or directory$`, "$1 : le fichier $2 n’existe pas",
	`^(?:(\S+): )?"([^"]+)" exists but is a directory$`, "$1 : $2 est un dossier",
)

func translate(list []phrase, text string) string {
	for _, p := range list {
		text = p.english.ReplaceAllString(text, p.french)
	}
	return text
}

// frenchHelp prints the help of the parser in French.
func frenchHelp(options kong.HelpOptions, ctx *kong.Context) error {
	var buf bytes.Buffer
	out := ctx.Stdout
	ctx.Stdout = &buf
	err := kong.DefaultHelpPrinter(options, ctx)
	ctx.Stdout = out
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, translate(helpPhrases, buf.String()))
	return err
}
