package config

import (
	"fmt"
	"io"
	"log/slog"
	"reflect"

	"github.com/goccy/go-yaml"
)

// String prints the configuration with its secrets hidden.
func (c Config) String() string { return redacted(c) }

// String prints the settings of mails without the password.
func (m Mail) String() string { return redacted(m) }

// redacted writes settings as YAML. It works on a copy.
func redacted[T any](settings T) string {
	each(reflect.ValueOf(&settings).Elem(), func(field reflect.Value, tag reflect.StructTag) {
		switch kind := tag.Get("secret"); {
		case kind == "" || field.String() == "":
		case kind == "url":
			field.SetString(maskURL(field.String()))
		default:
			field.SetString(masked)
		}
	})
	text, err := yaml.Marshal(settings)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Format takes all verbs of fmt, so that none shows a secret; LogValue does it for logs.
func (c Config) Format(f fmt.State, _ rune) { io.WriteString(f, c.String()) }
func (m Mail) Format(f fmt.State, _ rune)   { io.WriteString(f, m.String()) }
func (c Config) LogValue() slog.Value       { return slog.StringValue(c.String()) }
func (m Mail) LogValue() slog.Value         { return slog.StringValue(m.String()) }
