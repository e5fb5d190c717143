package dossier

import (
	"slices"

	"belvedere"
)

// A Class says what a column tells of a person, hence who may read it.
type Class string

// The classes, from what names a person to what says nothing of one.
const (
	Person    Class = "personne" // the key of a person: student number, staff number, user id
	Identity  Class = "identite" // names, birth date, mail, address, INE: a grant of identities opens it
	Sensitive Class = "sensible" // health, origin, income: as identities, and never a dimension
	Code      Class = "code"     // of a closed list, or of an open one; a dimension of what is counted
	Date      Class = "date"     // an academic year, a month or a day
	Number    Class = "nombre"   // an amount
	Text      Class = "texte"    // technical: labels of elements, numbers of contracts
)

// Label is a class in words.
func (c Class) Label() string {
	switch c {
	case Person:
		return "clé de la personne"
	case Identity:
		return "identité"
	case Sensitive:
		return "donnée sensible"
	case Code:
		return "code"
	case Date:
		return "date"
	case Number:
		return "nombre"
	}
	return "texte"
}

// Level is the level of a grant that a class asks of who reads rows.
func (c Class) Level() belvedere.Level {
	if c == Person || c == Identity || c == Sensitive {
		return belvedere.Identities
	}
	return belvedere.Pseudonyms
}

// The spaces of keys of people.
const (
	Students = "etudiant"
	Agents   = "agent"
	Users    = "usager"
)

// Spaces are all spaces, with what their keys are called.
var Spaces = []struct{ Name, Label string }{
	{Students, "numéro d’étudiant"}, {Agents, "matricule"}, {Users, "compte de la plateforme"},
}

// A Column is one column of a kind.
type Column struct {
	Name, Label, Doc string
	Class            Class
	Grain            belvedere.TimeGrain // of a date: annee, mois or jour; also of an identity that is one
	List             *belvedere.CodeList // of a code; nil when the list is open
	Required         bool
	Decimal          bool     // of a number: not a whole one
	Default          string   // of rows that say nothing
	Headers          []string // under which files carry it
	With             string   // column whose words are read for this one too, when files have no other column for it
	Labels           string   // column of an open list whose codes this text names; "" for none
}

// Open tells a code whose list is what files hold.
func (c *Column) Open() bool { return c.Class == Code && c.List == nil }

// A Repeat is what the same key twice in a slice is.
type Repeat string

// What a repeated key is.
const (
	RepeatFault Repeat = "erreur"  // a defect: the first row holds
	RepeatSum   Repeat = "somme"   // one more part: the numbers add
	RepeatLast  Repeat = "dernier" // a later state: the last row holds
)

// A Kind is a declared kind of person file.
type Kind struct {
	Name, Label, Doc string
	Space            string   // of the keys of people; "" for rows that are of nobody
	Key              []string // columns that name a row
	Slice            []string // columns whose values, together, a file replaces
	Time             string   // column that places a row in time
	Repeat           Repeat
	Retention        int // years
	Columns          []Column
	Counts           []Count
}

// Column is a column by name, nil when there is none.
func (k *Kind) Column(name string) *Column {
	i := slices.IndexFunc(k.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return &k.Columns[i]
}

// PersonColumn is the key of the person, nil for rows that are of nobody.
func (k *Kind) PersonColumn() *Column {
	i := slices.IndexFunc(k.Columns, func(c Column) bool { return c.Class == Person })
	if i < 0 {
		return nil
	}
	return &k.Columns[i]
}

// A Count is how rows become figures of a dataset.
type Count struct {
	Dataset  string
	Where    []Pair   // column = code, all of them
	Time     string   // column that gives the time of the dataset; "" : a state
	Period   string   // of distinct persons: annee, mois or jour
	State    *State   // of a state observed at the end of each month
	Last     *Last    // of rows of which the last one says the whole
	Dims     []Pair   // dimension: column of class code, or 'code'
	Measures []Pair   // measure: lignes, personnes, principales, or a column of numbers
	Main     []string // columns of numbers, the first known one: the row of a person that has the most is the main one
}

// A Pair is a name and what it stands for, in the order of the declaration.
type Pair struct{ Name, Value string }

// Last counts the last of someone's rows a second time, under a code of its own, where the file has no
// row of that code: the year's result is that of the last session, unless the file gives it.
type Last struct {
	Column string // of the key: rows of one key but for it follow each other in the order of its codes
	As     string // code of the whole
}

// A State says when a row is part of a state: from a day, to a day, in a year.
type State struct {
	Year  string // column of the year
	Civil bool   // that year is an exercise: it begins in January
	From  string // column of the day on which it begins; without one, the first day of the year
	To    string // column of the day on which it ends
	Left  []Pair // columns that take another code from that day on: the row stays
}

// Kinds are the declared kinds, in the order of their files.
type Kinds []*Kind

// Kind is one by name, nil when there is none.
func (ks Kinds) Kind(name string) *Kind {
	i := slices.IndexFunc(ks, func(k *Kind) bool { return k.Name == name })
	if i < 0 {
		return nil
	}
	return ks[i]
}
