// Package parts holds what every page is built of: the frame, filters, strips of figures,
// charts, tables and the panels that explain a cell, with their style and scripts.
//
// A part renders what it is given and decides nothing. No part writes a style attribute or an
// inline script, each works without JavaScript, and each says in words what it says in colour.
// The bodies of large tables are written by hand (table_body.go), the rest with templ.
package parts

//go:generate templ generate

import "belvedere"

// A Link is a label with an address; Current marks where the reader stands.
type Link struct {
	Label   string
	Address string
	Current bool
}

// version is printed in the colophon.
const version = belvedere.Version
