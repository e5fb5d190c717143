// Package tally is the only way out of a school's vault: counts, in the published format of
// deliveries (docs/FORMATS.md), and nothing that names anyone.
//
// # The border
//
// What leaves is written by sheet, whose rows are made of four things: the UAI of the vault, a
// date, codes of the lists of the catalogue, and numbers. Of a closed list, the text of the list is
// written, not the one that was given. Of an open one (steps, departments, services, courses of an
// institution of higher education), the text is the one that its vault registered as a member when
// the file was judged (dossier_code): that of a row never leaves.
//
// # What is counted
//
// One function per dataset reads the vault in one snapshot and gives slices. A dataset of which
// the vault knows nothing gives no slice: unknown is not zero. Figures that change by the hour
// are of days that have ended.
//
// # The queue
//
// Slices that differ from what was last sent wait in the table envoi, in the vault itself, so
// that a restart loses none and their order holds. The id of a delivery follows from its bytes:
// sent again after a crash, it is answered as the first time. A state (pupils, staff…) that did
// not change is sent again when a month begins, so that each month has its state; the room hours
// of a month that has ended are never sent twice, since a later timetable says nothing of it.
package tally
