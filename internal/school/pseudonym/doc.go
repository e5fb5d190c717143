// Package pseudonym turns rows of persons of an institution into rows that may leave it in an extract, and says
// what risk of recognising someone they leave.
//
// It promises:
//
//   - A person is named by a pseudonym that is made with a key of the extract alone. Two extracts of the same rows
//     have no pseudonym and no order in common; without the key a pseudonym says nothing, even to who tries all
//     student numbers; when the key is destroyed, nobody can tell any longer whose it was.
//   - Rows come in the order of their pseudonyms, which is that of chance.
//   - Columns that name a person leave with a grant of identities alone. Without it nothing depends on what they
//     hold: no filter, no order, no message, no count. A date of birth leaves as a year or a band of ages.
//   - Each pseudonym bears a mark of its extract, so that any few rows of a leaked copy tell where it comes from.
//
// What remains is that a rare combination of ordinary columns may be recognised by who knows the person: Risk
// measures it, and says which column to make coarser.
package pseudonym
