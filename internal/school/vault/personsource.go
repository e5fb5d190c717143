package vault

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// An identity is the columns of a kind by which a row names someone of a sort.
type identity struct {
	ids   [][2]string // column, sort of identifier: the first that is not empty decides
	pair  [2]string   // columns of the type and number of STS
	names [][2]string // columns of last and first name, when nothing else decides
	whole string      // column of both in one
	birth string
	blank []string // columns to empty, where the row says more than who
}

// identityOf finds by which columns a kind names people of a sort. Kinds of other readers, which
// this package does not know, are recognised by the names of their columns.
func identityOf(sort, kind string, fields []string) (x identity) {
	has := func(f string) bool { return slices.Contains(fields, f) }
	owner := ownerOf(kind)
	x.number(sort, kind, owner, has)
	switch sort {
	case Pupil:
		x.name(has, [2]string{"enfant_nom", "enfant_prenom"}, [2]string{"enfant_nom_usage", "enfant_prenom"})
	case Staff:
		for _, pair := range [][2]string{{"individu_type", "individu_id"}, {"type", "id"}} {
			if has(pair[0]) && has(pair[1]) && x.pair == [2]string{} {
				x.pair = pair
			}
		}
		x.name(has, [2]string{"prof_nom", "prof_prenom"})
		if has("professeur") {
			x.whole, x.blank = "professeur", []string{"professeur"}
		}
		if has("prof_nom") {
			x.blank = []string{"prof_nom", "prof_prenom"}
		}
	}
	if owner == sort || owner == "" {
		x.name(has, [2]string{"nom", "prenom"}, [2]string{"nom_usage", "prenom"}, [2]string{"nom_patronymique", "prenom"}, [2]string{"nom_patro", "prenom"})
	}
	for _, f := range []string{"date_naiss", "naissance", "date_naissance"} {
		if has(f) {
			x.birth = f
		}
	}
	return x
}

// number finds the columns of identifiers.
func (x *identity) number(sort, kind, owner string, has func(string) bool) {
	add := func(when bool, column, as string) {
		if when && has(column) {
			x.ids = append(x.ids, [2]string{column, as})
		}
	}
	own := owner == sort
	add(own && strings.HasPrefix(kind, "ent_"), "id", "ent")
	add(own, "jointure", "aaf")
	switch sort {
	case Pupil:
		add(true, "eleve_id", "eleve_id")
		add(kind == "aaf_lien", "jointure", "aaf")
		add(kind == "aaf_responsable_eleve", "eleve", "aaf")
		add(true, "enfant_id", "ent")
		for _, f := range []string{"ine", "ine_rnie", "ine_bea", "id_national"} {
			add(true, f, "ine")
		}
	case Guardian:
		add(true, "personne_id", "personne_id")
		add(kind == "aaf_lien", "personne", "aaf")
	}
}

func (x *identity) name(has func(string) bool, pairs ...[2]string) {
	for _, p := range pairs {
		if has(p[0]) && has(p[1]) {
			x.names = append(x.names, p)
		}
	}
}

// ownerOf is the sort of people that a kind has one row for each of; "" when it is not known.
func ownerOf(kind string) string {
	for prefix, sort := range map[string]string{
		"siecle_eleve": Pupil, "onde_eleve": Pupil, "ent_eleve": Pupil, "edt_eleve": Pupil, "aaf_eleve": Pupil, "apogee_etudiant": Pupil,
		"siecle_personne": Guardian, "onde_responsable": Guardian, "ent_responsable": Guardian, "aaf_responsable": Guardian,
		"sts_individu": Staff, "onde_enseignant": Staff, "ent_personnel": Staff, "aaf_personnel": Staff,
	} {
		if kind == prefix || strings.HasPrefix(kind, prefix+"_") {
			return sort
		}
	}
	for _, other := range []string{"siecle_", "sts_", "empsts_", "edt_", "udt_", "onde_", "aaf_", "ent_", "apogee_"} {
		if strings.HasPrefix(kind, other) {
			return "nobody"
		}
	}
	return ""
}

// about tells whether a row, by its columns, is about someone.
func (x identity) about(p Person, row map[string]string) bool {
	for _, id := range x.ids {
		if v := row[id[0]]; v != "" {
			return p.bears(id[1], v)
		}
	}
	if x.pair[1] != "" && row[x.pair[1]] != "" {
		return p.bears("sts_"+cmp.Or(row[x.pair[0]], "epp"), row[x.pair[1]])
	}
	if x.birth != "" && p.Birth != "" {
		if b := readDay(row[x.birth]); b != "" && b != p.Birth {
			return false
		}
	}
	if x.whole != "" {
		for _, last := range p.lasts {
			if w := Fold(row[x.whole]); w != "" && (w == Fold(last+" "+p.First) || w == Fold(last)) {
				return true
			}
		}
	}
	for _, n := range x.names {
		first := Fold(row[n[1]])
		for _, last := range p.lasts {
			if l := Fold(last); l != "" && l == Fold(row[n[0]]) && (first == Fold(p.First) || first == "") {
				return true
			}
		}
	}
	return false
}

// A sourceHolding is a row of a source about someone.
type sourceHolding struct {
	kind  string
	row   int64
	blank []string // columns to empty instead of the row
	data  map[string]string
}

// ties are by what rows without a name hang on someone.
type ties struct {
	ranks     map[string]bool // column=import#rank, within one file
	addresses map[string]bool // kind=year#adresse_id
	students  map[string]bool // numbers of students of Apogée (NIP, COD_ETU), which a person keeps for life
}

// inSources finds the rows of sources about someone, and those that hang on them: groups and options of a
// pupil of the timetable, by rank, marks of a student, by number, and addresses that nobody else lives at.
func (t *Tx) inSources(p Person) (list []sourceHolding, err error) {
	kinds, err := t.sourceKinds()
	if err != nil {
		return nil, err
	}
	by := ties{ranks: map[string]bool{}, addresses: map[string]bool{}, students: map[string]bool{}}
	names := slices.Sorted(maps.Keys(kinds))
	for _, kind := range names {
		x := identityOf(p.Sort, kind, kinds[kind].fields)
		err := t.eachSource(kind, kinds[kind].fields, func(h sourceHolding) error {
			if !x.about(p, h.data) {
				return nil
			}
			h.blank = x.blank
			list = append(list, h)
			if rank := h.data["rang"]; rank != "" && ownerOf(kind) == p.Sort {
				by.ranks[rankOf[p.Sort]+"="+h.data["_import"]+"#"+rank] = true
			}
			if a := h.data["adresse_id"]; a != "" {
				by.addresses[addressesOf[kind]+"="+h.data["_annee"]+"#"+a] = true
			}
			if number := h.data["nip"]; number != "" {
				by.students[number] = true
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return t.hanging(list, kinds, by)
}

// rankOf is the column by which rows name the rank of a person of a sort in the same file.
var rankOf = map[string]string{Pupil: "eleve_rang", Guardian: "responsable_rang", Staff: "personnel_rang"}

// addressesOf is the kind of the addresses of a kind of people.
var addressesOf = map[string]string{"siecle_eleve": "siecle_adresse_eleve", "siecle_personne": "siecle_adresse"}

func (t *Tx) hanging(list []sourceHolding, kinds map[string]sourceKind, by ties) ([]sourceHolding, error) {
	mine := map[string]map[int64]bool{}
	for _, h := range list {
		if mine[h.kind] == nil {
			mine[h.kind] = map[int64]bool{}
		}
		mine[h.kind][h.row] = true
	}
	for people, places := range addressesOf { // others who live there keep the address
		if _, ok := kinds[people]; !ok {
			continue
		}
		err := t.eachSource(people, kinds[people].fields, func(h sourceHolding) error {
			if !mine[people][h.row] {
				delete(by.addresses, places+"="+h.data["_annee"]+"#"+h.data["adresse_id"])
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		err := t.eachSource(kind, kinds[kind].fields, func(h sourceHolding) error {
			hangs := by.addresses[kind+"="+h.data["_annee"]+"#"+h.data["adresse_id"]] || by.students[cmp.Or(h.data["nip"], h.data["cod_etu"])]
			for _, column := range rankOf {
				hangs = hangs || h.data[column] != "" && by.ranks[column+"="+h.data["_import"]+"#"+h.data[column]]
			}
			if hangs && !mine[kind][h.row] {
				list = append(list, h)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// eachSource hands each row of a kind, whatever the year, with what it says.
func (t *Tx) eachSource(kind string, fields []string, f func(h sourceHolding) error) error {
	columns := append([]string{"_annee", "_import", "_ligne"}, fields...)
	texts := make([]*string, len(columns))
	var row int64
	into := []any{&row}
	for i := range texts {
		into = append(into, &texts[i])
	}
	return t.Each(`SELECT rowid, "`+strings.Join(columns, `", "`)+`" FROM `+sourceTable(kind), nil, func(scan func(...any) error) error {
		if err := scan(into...); err != nil {
			return err
		}
		h := sourceHolding{kind: kind, row: row, data: make(map[string]string, len(columns))}
		for i, s := range texts {
			if s != nil {
				h.data[columns[i]] = *s
			}
		}
		return f(h)
	})
}
