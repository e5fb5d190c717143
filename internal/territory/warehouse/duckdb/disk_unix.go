//go:build linux || darwin

package duckdb

import "syscall"

// freeBytes is the room left for us where the folder is, 0 when it cannot be known.
func freeBytes(dir string) int64 {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return 0
	}
	return int64(s.Bavail) * int64(s.Bsize)
}
