package procedure

import (
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"belvedere/internal/declaration"
	"belvedere/internal/registry"
)

// Load reads the declarations of the folder procedures of each catalogue. Its error is a
// declaration.Problems with every mistake found, each with its place.
func Load(sources ...fs.FS) ([]*Procedure, error) {
	files, err := declaration.Files("procedures", sources...)
	if err != nil {
		return nil, err
	}
	var out []*Procedure
	var problems declaration.Problems
	for _, f := range files {
		p := parse(f, out)
		if problems = append(problems, f.Problems...); p != nil {
			out = append(out, p)
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return out, nil
}

// Parse reads one declaration: a revision that the registry kept.
func Parse(text string) (*Procedure, error) {
	f := declaration.NewFile("révision", text)
	p := parse(f, nil)
	if len(f.Problems) > 0 {
		return nil, f.Problems
	}
	return p, nil
}

var codeName = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// A declared procedure is being checked: conditions name fields, which may come later.
type declared struct {
	p          *Procedure
	conditions []pending
}

type pending struct {
	node declaration.Node
	into **condition
}

func parse(f *declaration.File, others []*Procedure) *Procedure {
	root, ok := f.Parse()
	if !ok {
		return nil
	}
	d := &declared{p: &Procedure{Text: f.Text}}
	keys := root.Fields("procedure", "label", "doc", "filed_by", "public", "title", "legal", "retention", "fields", "checks", "steps", "example", "campaign")
	p := d.p
	p.Code, p.Label, p.Doc, p.Title = d.code(root, keys, "procedure"), root.Word(keys, "label", true), root.Word(keys, "doc", true), root.Word(keys, "title", true)
	if slices.ContainsFunc(others, func(o *Procedure) bool { return o.Code == p.Code }) {
		keys["procedure"].Fault("la procédure «\u00a0%s\u00a0» est déjà déclarée", p.Code)
	}
	if by := root.Word(keys, "filed_by", true); by != "" && by != "compte" {
		keys["filed_by"].Fault("«\u00a0%s\u00a0» n’est pas admis (compte)", by)
	}
	p.Public = declaration.Truth(keys, "public")
	if p.Legal = declaration.Words(keys, "legal"); len(p.Legal) == 0 {
		root.Fault("la clé «\u00a0legal\u00a0» manque\u00a0: une procédure dit sa base légale")
	}
	d.retention(root, keys)
	d.campaign(keys["campaign"])
	for _, n := range declaration.Items(keys, "fields") {
		d.field(n)
	}
	for _, n := range declaration.Items(keys, "checks") {
		d.check(n)
	}
	for _, n := range declaration.Items(keys, "steps") {
		d.step(n)
	}
	d.whole(root, keys)
	return p
}

func (d *declared) code(n declaration.Node, keys map[string]declaration.Node, key string) string {
	code := n.Word(keys, key, true)
	if code != "" && (!codeName.MatchString(code) || len(code) > 40) {
		keys[key].Fault("un nom s’écrit en lettres minuscules sans accent, chiffres et _")
	}
	return code
}

func (d *declared) retention(root declaration.Node, keys map[string]declaration.Node) {
	n, ok := keys["retention"]
	if !ok {
		root.Fault("la clé «\u00a0retention\u00a0» manque\u00a0: une procédure dit combien de temps elle garde les dossiers")
		return
	}
	d.p.Months = integer(n, n.Fields("months"), "months", 1, 600, true)
}

// integer reads a whole number under a key.
func integer(n declaration.Node, keys map[string]declaration.Node, key string, least, most int, required bool) int {
	text := n.Word(keys, key, required)
	if text == "" {
		return 0
	}
	i, err := strconv.Atoi(text)
	if err != nil || i < least || i > most {
		keys[key].Fault("un entier de %d à %d est attendu", least, most)
	}
	return i
}

var fieldTypes = []FieldType{TextField, NumberField, MoneyField, DateField, PeriodField, ChoiceField, YesNoField, ReferField, PersonField}

// registers are those of references.
var registers = []string{"rubrique", "etablissement", "indicateur", "membre"}

func (d *declared) field(n declaration.Node) {
	keys := n.Fields("name", "type", "label", "hint", "step", "lines", "most", "unit", "scale", "min", "max", "within", "future", "options", "ordered",
		"of", "many", "all", "required", "required_if", "visible_if", "reduce", "internal", "prefill", "link")
	f := &Field{Name: d.code(n, keys, "name"), Type: FieldType(oneOf(n, keys, "type", fieldTypes...)), Label: n.Word(keys, "label", true), Hint: n.Word(keys, "hint", false),
		Step: n.Word(keys, "step", false), Lines: integer(n, keys, "lines", 1, 30, false), Most: integer(n, keys, "most", 1, longestText, false),
		Unit: n.Word(keys, "unit", false), Scale: integer(n, keys, "scale", 0, 9, false), Min: n.Word(keys, "min", false), Max: n.Word(keys, "max", false),
		Within: integer(n, keys, "within", 1, 600, false), Future: declaration.Truth(keys, "future"), Ordered: declaration.Truth(keys, "ordered"),
		Many: declaration.Truth(keys, "many"), All: declaration.Truth(keys, "all"), Required: declaration.Truth(keys, "required"),
		Reduce: declaration.Truth(keys, "reduce"), Internal: declaration.Truth(keys, "internal"), Link: declaration.Truth(keys, "link"), Prefill: n.Word(keys, "prefill", false)}
	if d.p.Field(f.Name) != nil {
		keys["name"].Fault("le champ «\u00a0%s\u00a0» est déclaré deux fois", f.Name)
	}
	for _, o := range declaration.Items(keys, "options") {
		of := o.Fields("code", "label")
		f.Options = append(f.Options, Option{o.Word(of, "code", true), o.Word(of, "label", true)})
	}
	if (f.Type == ChoiceField) != (len(f.Options) > 0) {
		n.Fault("un champ de type choix a des options, et lui seul")
	}
	if f.Type == ReferField {
		f.Of = oneOf(n, keys, "of", registers...)
	}
	if f.Prefill != "" && (f.Prefill != "responsable" || f.Type != PersonField) {
		keys["prefill"].Fault("un champ de type personne se préremplit par «\u00a0responsable\u00a0»")
	}
	if f.Link && (f.Type != TextField || f.Lines > 1) {
		keys["link"].Fault("une adresse est un champ de texte d’une ligne")
	}
	if f.Reduce && (f.Type == TextField || f.Type == PeriodField || f.Type == PersonField) {
		keys["reduce"].Fault("un champ de type %s ne se réduit pas", f.Type)
	}
	d.later(keys, "visible_if", &f.visibleIf)
	d.later(keys, "required_if", &f.requiredIf)
	d.p.Fields = append(d.p.Fields, f)
}

// oneOf reads a word among those admitted.
func oneOf[T ~string](n declaration.Node, keys map[string]declaration.Node, key string, admitted ...T) string {
	word := n.Word(keys, key, true)
	if word != "" && !slices.Contains(admitted, T(word)) {
		list := make([]string, len(admitted))
		for i, a := range admitted {
			list[i] = string(a)
		}
		keys[key].Fault("«\u00a0%s\u00a0» n’est pas admis (%s)", word, strings.Join(list, ", "))
	}
	return word
}

// later notes a condition to read once all fields are known.
func (d *declared) later(keys map[string]declaration.Node, key string, into **condition) {
	if n, ok := keys[key]; ok {
		d.conditions = append(d.conditions, pending{n, into})
	}
}

func (d *declared) check(n declaration.Node) {
	keys := n.Fields("if", "field", "message")
	d.p.Checks = append(d.p.Checks, Check{Field: n.Word(keys, "field", true), Message: n.Word(keys, "message", true)})
	if !keys["if"].Set() {
		n.Fault("la clé «\u00a0if\u00a0» manque")
		return
	}
	d.conditions = append(d.conditions, pending{keys["if"], nil})
}

var (
	stepKinds   = []StepKind{FilingStep, ExamStep, OpinionStep, VisaStep, WaitStep, EffectStep}
	roles       = []string{"donnees", "dpo", "administrateur", "demandeur"}
	givenStates = []registry.RequestState{registry.RequestExamined, registry.RequestGranted, registry.RequestDone, registry.RequestClosed}
)

func (d *declared) step(n declaration.Node) {
	keys := n.Fields("name", "kind", "label", "doc", "actor", "when", "days", "gives", "back", "effect", "with", "of", "words", "silence", "alone_if")
	s := &Step{Name: d.code(n, keys, "name"), Kind: StepKind(oneOf(n, keys, "kind", stepKinds...)), Label: n.Word(keys, "label", true), Doc: n.Word(keys, "doc", false),
		Days: integer(n, keys, "days", 1, 3650, false), Back: n.Word(keys, "back", false), Effect: n.Word(keys, "effect", false), Of: n.Word(keys, "of", false),
		With: map[string]string{}, Words: map[string]string{}}
	if d.p.Step(s.Name) != nil {
		keys["name"].Fault("l’étape «\u00a0%s\u00a0» est déclarée deux fois", s.Name)
	}
	if keys["gives"].Set() {
		s.Gives = registry.RequestState(oneOf(n, keys, "gives", givenStates...))
	}
	for _, p := range keys["with"].Pairs {
		s.With[p.Key.Text] = p.Value.Text
	}
	for _, p := range keys["words"].Pairs {
		s.Words[p.Key.Text] = p.Value.Text
	}
	d.actor(n, keys, s)
	if s.Silence = n.Word(keys, "silence", false); s.Silence != "" && (s.Silence != Approve || s.Kind != VisaStep || s.Days == 0) {
		keys["silence"].Fault("le silence vaut «\u00a0approuver\u00a0», à une étape visa qui a un délai (days)")
	}
	d.later(keys, "when", &s.when)
	d.later(keys, "alone_if", &s.aloneIf)
	d.p.Steps = append(d.p.Steps, s)
	switch {
	case (s.Kind == EffectStep) != (s.Effect == "habilitation"):
		n.Fault("une étape effet dit son effet\u00a0: habilitation")
	case s.Kind == WaitStep && s.Of != "habilitation":
		n.Fault("une étape attente dit ce qu’elle suit\u00a0: of: habilitation")
	case s.Kind == EffectStep:
		d.effect(keys["with"], s)
	}
}

// actor reads whose turn a step is.
func (d *declared) actor(n declaration.Node, keys map[string]declaration.Node, s *Step) {
	acts := s.Kind == ExamStep || s.Kind == VisaStep || s.Kind == OpinionStep
	a, ok := keys["actor"]
	switch {
	case acts && !ok:
		n.Fault("la clé «\u00a0actor\u00a0» manque\u00a0: une étape %s dit à qui elle revient", s.Kind)
	case !acts && ok:
		a.Fault("une étape %s ne revient à personne", s.Kind)
	case ok:
		of := a.Fields("role", "field", "duty", "login")
		if len(of) != 1 {
			a.Fault("un acteur se dit par un rôle, un champ, une responsabilité ou un compte\u00a0: un seul")
		}
		s.Actor = Actor{Field: a.Word(of, "field", false), Duty: a.Word(of, "duty", false), Login: a.Word(of, "login", false)}
		if of["role"].Set() {
			s.Actor.Role = oneOf(a, of, "role", roles...)
		}
		if f := d.p.Field(s.Actor.Field); s.Actor.Field != "" && (f == nil || f.Type != PersonField) {
			of["field"].Fault("«\u00a0%s\u00a0» n’est pas un champ de type personne", s.Actor.Field)
		}
	}
}

// grantInputs are what the effect « habilitation » reads, by type.
var grantInputs = map[string][]FieldType{
	"capacite": {ChoiceField}, "niveau": {ChoiceField}, "rubriques": {ReferField}, "etablissements": {ReferField}, "perimetre": {ReferField}, "finalite": {TextField}, "fin": {DateField},
}

func (d *declared) effect(with declaration.Node, s *Step) {
	if !with.Set() {
		return
	}
	for input, types := range grantInputs {
		if input == "perimetre" && s.With[input] == "" { // of a procedure that gives whole schools
			continue
		}
		f := d.p.Field(s.With[input])
		if f == nil || !slices.Contains(types, f.Type) {
			with.Fault("l’effet habilitation lit «\u00a0%s\u00a0» dans un champ de type %s", input, types[0])
		}
	}
}

// whole checks what names parts that come later, and reads the conditions.
func (d *declared) whole(root declaration.Node, keys map[string]declaration.Node) {
	p := d.p
	if len(p.Steps) == 0 || p.Steps[0].Kind != FilingStep {
		root.Fault("une procédure commence par une étape saisie")
	}
	if f := p.Field(p.Title); p.Title != "" && (f == nil || f.Type != TextField || f.Step != "") {
		keys["title"].Fault("«\u00a0%s\u00a0» n’est pas un champ de texte du dépôt", p.Title)
	}
	for i, n := range declaration.Items(keys, "fields") {
		if f := p.Fields[i]; f.Step != "" && p.Step(f.Step) == nil {
			n.Fault("l’étape «\u00a0%s\u00a0» n’existe pas", f.Step)
		}
	}
	for i, n := range declaration.Items(keys, "steps") {
		s := p.Steps[i]
		if s.Back != "" && p.Step(s.Back) == nil {
			n.Fault("l’étape «\u00a0%s\u00a0» n’existe pas", s.Back)
		}
		if s.Silence != "" && p.gives() {
			n.Fault("le silence ne donne pas d’habilitation")
		}
		if i > 0 && s.Kind == FilingStep {
			n.Fault("l’étape saisie est la première, et la seule de son genre")
		}
	}
	at := 0
	for _, c := range d.conditions {
		read, err := parseCondition(c.node.Text, p.Field)
		if err != nil {
			place := 0
			if e, ok := err.(conditionError); ok {
				place = e.at
			}
			c.node.FaultAt(place, "%v", err)
		}
		if c.into != nil {
			*c.into = read
		}
	}
	for _, c := range d.conditions { // those of checks, in order
		if c.into == nil {
			p.Checks[at].when, _ = parseCondition(c.node.Text, p.Field)
			at++
		}
	}
	for i, n := range declaration.Items(keys, "checks") {
		if p.Field(p.Checks[i].Field) == nil {
			n.Fault("le champ «\u00a0%s\u00a0» n’existe pas", p.Checks[i].Field)
		}
	}
	d.example(keys["example"])
}
