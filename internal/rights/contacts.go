package rights

import (
	"fmt"
	"slices"

	"belvedere"
	"belvedere/internal/registry"
)

// Contacts are who can open a gate that is closed.
type Contacts struct {
	Setting  string // territoire.contact: whom the territory wants asked about rights, "" when it names nobody
	Accounts []registry.Account
}

// ask says whom to ask: an administrator about rights; about what a school shares its head, when
// the console has an account of the school.
func (c Contacts) ask(in Input, q Question, gate int) string {
	if gate > 0 && q.School != "" {
		for _, a := range c.Accounts {
			if a.State != registry.Active || !inSchool(a) {
				continue
			}
			staff := in
			staff.Account = a
			if list, _ := Schools(staff); contains(list, q.School) {
				return "Demandez à " + person(a) + ", qui représente l’établissement."
			}
		}
	}
	if c.Setting != "" {
		return "À qui demander" + belvedere.NoBreak + ": " + c.Setting + "."
	}
	if at := slices.IndexFunc(c.Accounts, func(a registry.Account) bool { return a.State == registry.Active && a.Admin }); at >= 0 {
		return "Demandez à " + person(c.Accounts[at]) + ", qui administre la console."
	}
	return "Demandez à l’administration de la console."
}

func person(a registry.Account) string {
	if a.Email == "" {
		return a.Name()
	}
	return fmt.Sprintf("%s (%s)", a.Name(), a.Email)
}
