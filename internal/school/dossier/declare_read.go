package dossier

import (
	"io/fs"
	"slices"

	"belvedere/internal/declaration"
)

// documents reads the files of the folder persons of each catalogue, in the order of their names.
func documents(sources []fs.FS, each func(n declaration.Node)) ([]*declaration.File, error) {
	files, err := declaration.Files("persons", sources...)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if n, ok := f.Parse(); ok {
			each(n)
		}
	}
	return files, nil
}

// named reads what something is called: names become those of SQL.
func named(n declaration.Node, f map[string]declaration.Node, key string) string {
	name := n.Word(f, key, true)
	if v, ok := f[key]; ok && name != "" && (!identifier.MatchString(name) || len(name) > 40) {
		v.Fault("le nom «\u00a0%s\u00a0» n’est pas admis\u00a0: lettres minuscules sans accent, chiffres et «\u00a0_\u00a0», 40 au plus", name)
	}
	return name
}

// under is the value of a key, the mapping itself without it.
func under(n declaration.Node, f map[string]declaration.Node, key string) declaration.Node {
	if v, ok := f[key]; ok {
		return v
	}
	return n
}

// words are the texts of a list.
func words(v declaration.Node) []string {
	if !v.Set() {
		return nil
	}
	return declaration.Words(map[string]declaration.Node{"": v}, "")
}

// pairsOf are the texts of a mapping with free keys.
func pairsOf(v declaration.Node) (list []Pair) {
	for _, p := range v.Pairs {
		if !p.Value.Scalar {
			p.Value.Fault("un texte est attendu ici")
		}
		if slices.ContainsFunc(list, func(o Pair) bool { return o.Name == p.Key.Text }) {
			p.Key.Fault("la clé «\u00a0%s\u00a0» est donnée deux fois", p.Key.Text)
		}
		list = append(list, Pair{p.Key.Text, p.Value.Text})
	}
	if v.Set() && len(v.Pairs) == 0 {
		v.Fault("une suite de «\u00a0clé: valeur\u00a0» est attendue ici")
	}
	return list
}

// problems are the mistakes of all files.
func problems(files []*declaration.File) (list declaration.Problems) {
	for _, f := range files {
		list = append(list, f.Problems...)
	}
	return list
}
