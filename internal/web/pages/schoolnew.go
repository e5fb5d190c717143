package pages

import (
	"net/url"

	"belvedere/internal/web/parts"
)

// A NewSchool is the form that declares one school.
type NewSchool struct {
	parts.Frame
	Form           url.Values
	Errors         parts.FieldErrors
	Types, Sectors []parts.Option
}

func (p NewSchool) field(name, label, hint string, required bool) parts.Field {
	return parts.Field{Name: name, Label: label, Value: p.Form.Get(name), Hint: hint, Error: p.Errors.Of(name), Required: required, Most: 200, Autocomplete: "off"}
}

func (p NewSchool) choice(name, label string, options []parts.Option) parts.Field {
	return parts.Field{Name: name, Label: label, Value: p.Form.Get(name), Error: p.Errors.Of(name), Options: options}
}
