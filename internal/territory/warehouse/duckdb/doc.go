// Package duckdb is the warehouse in one file on this machine: DuckDB inside the process.
//
// # Promise
//
// What Exec acknowledged is on disk and whole, whatever happens to the process afterwards; what
// it refused left nothing behind. Queries see committed editions only and run beside the one
// writer. The engine reads and writes no file but its own database, its spill folder and the
// landing folder it was given, and it cannot be talked into more by SQL text.
//
// # Shape
//
//	engine   counts the calls in progress; opens the file again when DuckDB gave up on it
//	handle   one open database, locked down: one writer connection, some readers
//	conn     one connection: prepared statements by text, parameters, interruption
//	stage    typed rows written straight into DuckDB vectors
//
// The package talks to DuckDB through the C interface that the Go driver publishes (package
// mapping), not through database/sql: a row costs no conversion beyond its Go values, a parameter
// is bound with the type that the statement expects (another type makes DuckDB plan the statement
// again), and a staged row is stored where DuckDB will read it. The benchmarks measure each of
// these beside the driver in the same run.
//
// # Stage tables
//
// They live in a database of their own named stage, in memory and spilled to the temporary folder
// when memory is short: staging writes nothing to the warehouse file, a full disk cannot break the
// warehouse through it, and nothing is left behind by a crash. A table is read as stage.name or
// simply name. Two consequences for the caller: one Exec may change either the warehouse or the
// stage and not both, except for DROP TABLE of a stage table, which is put off until the
// transaction is committed; and stage tables are gone after the engine had to open its file again.
//
// # Plans
//
// Each connection keeps the plans of its latest statements, for as long as nothing is committed:
// DuckDB 1.5 bakes the bounds of the data into a plan, and one that outlives a commit gives wrong
// figures (duckdb/duckdb issues 23704 and 24182). A count of commits guards every use. A query
// overtaken by a commit runs once more, planned and executed in one transaction.
//
// # Lock-down
//
// Extensions are neither installed nor loaded, secrets are not kept, memory, threads and spill are
// limited, the time zone is UTC, files outside the landing folder are refused and, last, the
// configuration is frozen. Statements pass two more gates before DuckDB sees them: their kind
// (Query runs SELECT only, Exec no COPY, ATTACH, SET, PRAGMA, CALL, …) and the functions they name
// (guard.go), because one SELECT on enable_logging is enough to abort a process with a locked
// DuckDB inside. Both are a second lock, not a licence: text typed by users must never come here.
//
// # When things go wrong
//
//	file held by another process   belvedere.Unavailable, with its number
//	file damaged or foreign        *ErrCorrupt: move it aside and rebuild from the landing folder
//	disk full                      belvedere.Unavailable; the next call opens the file again
//	call cancelled                 the context's error; the query is interrupted
//
// DuckDB answers a full disk by refusing everything until its file is opened again, reads
// included. The engine does that at the next call: acknowledged editions are all there.
package duckdb
