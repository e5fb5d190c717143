//go:build race

package auth

// Raced tells that the race detector runs, under which all is many times slower.
const Raced = true
