//go:build unix

package main

import "syscall"

// keepPrivate makes the files of this process its user's alone: registry, warehouse and landing
// folder hold what only the console may show.
func keepPrivate() { syscall.Umask(0o077) }
