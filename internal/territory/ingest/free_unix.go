//go:build linux || darwin

package ingest

import "syscall"

// freeBytes is the space that an ordinary user may still take on the disk of a folder.
func freeBytes(dir string) (int64, bool) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, false
	}
	return int64(st.Bavail) * int64(st.Bsize), true
}
