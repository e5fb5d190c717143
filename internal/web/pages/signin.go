package pages

import (
	"net/url"

	"belvedere/internal/auth"
	"belvedere/internal/registry"
	"belvedere/internal/web/parts"
)

// SignIn is the page where one signs in. Error is said once, above: which of the two fields is
// wrong is not told.
type SignIn struct {
	Frame    parts.Frame
	Login    string
	Back     string
	Error    string
	Flash    string
	Passkeys bool
}

// Code asks for the second factor.
type Code struct {
	Frame    parts.Frame
	Login    string
	Back     string
	Error    string
	Passkeys bool
}

// Forgotten asks for a link.
type Forgotten struct {
	Frame  parts.Frame
	By     string // "identifiant" or "mel"
	Typed  string
	Flash  string
	Errors parts.FieldErrors
}

// Reset lets someone choose a new password.
type Reset struct {
	Frame  parts.Frame
	Login  string
	Email  string
	Rules  []string
	Errors parts.FieldErrors
}

// Invitation is where an account is created.
type Invitation struct {
	Frame   parts.Frame
	Account registry.Account
	First   bool // the first administrator says who he or she is
	Form    auth.Creation
	Rules   []string
	Errors  parts.FieldErrors
}

// DoorStep is a page with one button: opening a link changes nothing by itself.
type DoorStep struct {
	Frame  parts.Frame
	Title  string
	Name   string
	Text   string
	Button string
}

// DoorDone says that something is done and leads to the page of sign-in.
type DoorDone struct {
	Frame    parts.Frame
	Title    string
	Text     string
	Strength string // of the password that was chosen, "" when none was
}

// PasswordPolicy explains the rules.
type PasswordPolicy struct {
	Frame parts.Frame
	Rules []string
	Seed  bool
}

// withBack keeps where the reader wanted to go in a link of the door.
func withBack(path, back string) string {
	if back == "" || back == "/" {
		return path
	}
	return path + "?" + query("retour", back)
}

func query(name, value string) string { return url.Values{name: {value}}.Encode() }
