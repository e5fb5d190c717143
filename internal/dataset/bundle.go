package dataset

import (
	"regexp"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
)

// A bundle is several declarations in one text, parted by lines of "---": what the command line prints
// and reads, and what a page shows. The first key of each part says what it declares.

// WriteBundle writes declarations as one text.
func WriteBundle(list []registry.Declaration) string {
	parts := make([]string, len(list))
	for i, d := range list {
		parts[i] = "# " + d.Path() + "\n" + strings.TrimSpace(d.Text) + "\n"
	}
	return strings.Join(parts, "---\n")
}

var topKey = regexp.MustCompile(`(?m)^(codes|dataset|form|theme|section):[ \t]*["']?([a-z0-9_]*)`)
var firstIn = map[string]*regexp.Regexp{
	"codes": regexp.MustCompile(`(?m)^[ \t]+- (?:\{[ \t]*)?list:[ \t]*["']?([a-z0-9_]+)`),
	"theme": regexp.MustCompile(`(?m)^[ \t]+- (?:\{[ \t]*)?code:[ \t]*["']?([a-z0-9_]+)`),
}
var pathLine = regexp.MustCompile(`^#[ \t]*(?:codes|datasets|forms|indicators|pages)/([a-z0-9_]+)\.yaml[ \t]*$`)

// ReadBundle reads a text of one or several declarations. Only what each declares is found out here;
// Check judges the rest.
func ReadBundle(text string) (list []registry.Declaration, err error) {
	dataset := ""
	for _, part := range strings.Split("\n"+strings.ReplaceAll(text, "\r\n", "\n"), "\n---\n") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		d, err := one(part)
		if err != nil {
			return nil, err
		}
		if d.Kind == registry.DeclaredDataset {
			dataset = d.Name
		}
		list = append(list, d)
	}
	if len(list) == 0 {
		return nil, belvedere.Errorf(belvedere.Invalid, "Ce texte ne déclare rien.")
	}
	for i := range list {
		if list[i].Dataset = dataset; dataset == "" {
			list[i].Dataset = fed(list[i])
		}
	}
	return list, nil
}

// one finds out what a text declares, and under which name.
func one(text string) (d registry.Declaration, err error) {
	found := topKey.FindStringSubmatch(text)
	if found == nil {
		return d, belvedere.Errorf(belvedere.Invalid, "Une déclaration commence par codes, dataset, form, theme ou section\u00a0: «\u00a0%s\u00a0» n’en est pas une.", firstLine(text))
	}
	d.Text = text + "\n"
	d.Kind = map[string]registry.DeclarationKind{"codes": registry.DeclaredCodes, "dataset": registry.DeclaredDataset, "form": registry.DeclaredForm,
		"theme": registry.DeclaredIndicators, "section": registry.DeclaredPage}[found[1]]
	d.Name = found[2]
	if inner := firstIn[found[1]]; inner != nil {
		if d.Name = ""; inner.MatchString(text) {
			d.Name = inner.FindStringSubmatch(text)[1]
		}
	}
	head, _, _ := strings.Cut(text, "\n")
	if named := pathLine.FindStringSubmatch(head); named != nil {
		d.Name = named[1]
	}
	if label := regexp.MustCompile(`(?m)^label:[ \t]*["']?([^"'\n]*)`).FindStringSubmatch(text); label != nil {
		d.Label = strings.TrimSpace(label[1])
	}
	if d.Label == "" {
		d.Label = d.Name
	}
	if d.Name == "" {
		return d, belvedere.Errorf(belvedere.Invalid, "La déclaration «\u00a0%s\u00a0» n’a pas de nom.", firstLine(text))
	}
	return d, nil
}

// fed is the dataset that a format alone feeds.
func fed(d registry.Declaration) string {
	if m := regexp.MustCompile(`(?m)^[ \t]*- (?:\{[ \t]*)?dataset:[ \t]*["']?([a-z0-9_]+)`).FindStringSubmatch(d.Text); m != nil {
		return m[1]
	}
	return ""
}

func firstLine(text string) string {
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			r := []rune(line)
			return string(r[:min(len(r), 60)])
		}
	}
	return ""
}
