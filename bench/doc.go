// Package bench measures the whole program beside the raw engine, in the same run: each declared
// page as SQL, as an answer and as HTML over HTTP; a file from landing to edition beside the
// driver's appender. Read the ratios, not the milliseconds.
//
// The data are two folders under $BELVEDERE_BENCH_DIR (the temporary folder by default), made
// once and kept: "annee" holds 500 schools with a school year of hourly connections (25 million
// rows) delivered as files, "pays" holds 60,000 schools over 15 years, written by SQL into the
// base tables because no one would deliver them as files in one go. make bench runs it all, and
// docs/PERFORMANCE.md holds the figures.
//
// BenchmarkOpenings has no folder: it makes the opening files of $BELVEDERE_SCHOOLS schools (20)
// and imports them into new vaults, beside xmllint.
package bench
