package parts

import "github.com/a-h/templ"

// A Field is one control of a form. Name is what is posted and the id of the control.
type Field struct {
	Name         string
	Label        string
	Value        string // as typed before; a password never comes back
	Hint         string // what to know before one types
	Error        string // what is wrong and what to do, "" when nothing is
	Type         string // of the input: "" is text
	Autocomplete string // token of HTML, "" lets the browser decide nothing
	Mode         string // inputmode, "numeric"
	Most         int    // characters, 0: no bound
	Lines        int    // of a text area
	Required     bool
	ReadOnly     bool
	Checked      bool     // of a box
	Options      []Option // of a list
}

// An Option of a list.
type Option struct{ Value, Label string }

// A FieldError says what is wrong with a field.
type FieldError struct{ Field, Message string }

// FieldErrors are the faults of a form, in the order of its fields.
type FieldErrors []FieldError

// Add notes a fault.
func (e *FieldErrors) Add(field, message string) { *e = append(*e, FieldError{field, message}) }

// Of is the first fault of a field, "" when there is none.
func (e FieldErrors) Of(field string) string {
	for _, one := range e {
		if one.Field == field {
			return one.Message
		}
	}
	return ""
}

// controlID is the id of a control. Names may hold dots, which are fine; the prefix keeps them
// apart from the ids of the page.
func controlID(name string) string { return "champ-" + name }

// said ties a control to its hint and its fault.
func (f Field) said() templ.Attributes {
	a := templ.Attributes{}
	var ids string
	if f.Hint != "" {
		ids = controlID(f.Name) + "-aide"
	}
	if f.Error != "" {
		if ids != "" {
			ids += " "
		}
		ids += controlID(f.Name) + "-erreur"
		a["aria-invalid"] = "true"
	}
	if ids != "" {
		a["aria-describedby"] = ids
	}
	return a
}

// attributes are those that all controls share. The server checks all that it asks for, so that
// "required" is said to readers without the browser's own bubbles: the form bears novalidate.
func (f Field) attributes() templ.Attributes {
	a := f.said()
	a["id"], a["name"] = controlID(f.Name), f.Name
	if f.Required {
		a["required"] = true
	}
	if f.ReadOnly {
		a["readonly"] = true
	}
	if f.Most > 0 {
		a["maxlength"] = number(f.Most)
	}
	if f.Autocomplete != "" {
		a["autocomplete"] = f.Autocomplete
	}
	if f.Mode != "" {
		a["inputmode"] = f.Mode
	}
	return a
}

// kind is the type of an input.
func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// checkValue is what a ticked box posts.
func checkValue(f Field) string {
	if f.Value == "" {
		return "oui"
	}
	return f.Value
}

func summaryTitle(n int) string {
	if n == 1 {
		return "Un point est à corriger"
	}
	return number(n) + " points sont à corriger"
}
