package app

import "testing"

// Unprotected lets apps that a test opens answer without statistical secrecy, whose masks make the
// figures of small made-up schools disappear.
func Unprotected(t testing.TB) {
	unprotected = true
	t.Cleanup(func() { unprotected = false })
}
