package dossier

// A Mapping says how files carry a kind.
type Mapping struct {
	Name, Label, Doc string
}

func (d *declared) mapping(n node, kinds Kinds) Mapping {
	f := n.fields("mapping", "label", "doc")
	return Mapping{Name: n.name(f, "mapping"), Label: n.word(f, "label", true)}
}
