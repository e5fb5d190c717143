// Package rule tells a school what its files contradict, before it costs a September: the checks
// of the files of one school year against each other, the names that two sources write
// differently, and the guardians that SIECLE holds twice.
//
// # Checks
//
// Rules lists them, one file each, with the number of formats.md section 9. A check reads the
// rows as the files had them (src_*, where what is absent and what is empty differ), since
// consolidation has chosen between sources already. A check whose sources are not there says
// nothing, and mends nothing.
//
// What a check finds lives in the vault by its key: open, mended when a run no longer finds it,
// accepted by someone who says why, back when it returns or when what was accepted has changed.
// Blocking findings that are open or back are what letters wait for.
//
// # Names and duplicates
//
// A name that only case, accents, spaces, hyphens or "/" tell apart from one of STS-Web is taken
// for it, and said. Others are proposed by likeness, confirmed once by a person, and used by each
// consolidation from then on. Guardians held twice are graded by certainty; they are merged for
// mailing alone, and their sources stay as they are.
package rule
