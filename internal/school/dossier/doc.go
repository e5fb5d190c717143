// Package dossier is the person-level rows of an institution of higher education, in its vault:
// registrations, results, programmes, staff, contracts, pay, hours and platform activity.
//
// # Declared kinds
//
// catalog/persons/*.yaml declares kinds of files: columns with a class, the key of a row, the slice
// that a file replaces, how long rows are kept, and how they become counts. A class decides who may
// read a column, and whether it may leave as a dimension: Person and Identity never do.
//
// # Rows
//
// A kind has a table dos_<kind> in the vault, with the columns that it declares. People are rows of
// dossier_personne, one for each key (a student's number, a staff number, a user id) of a space
// (etudiant, agent, usager); other tables name them by its number alone, which says nothing outside.
// An import is one transaction: it replaces the slices that it has rows of, whole, or leaves all as it was.
//
// # Who may
//
// The staff of the institution, signed in with a second factor, import files and see what they
// hold. Rows leave through Select alone, to who holds a grant of the level that the columns ask.
package dossier
