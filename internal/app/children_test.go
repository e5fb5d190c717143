package app_test

import "context"

// childWork names, in the environment of a test binary, what it does in the place of the tests:
// processes that are killed, or whose memory is measured.
const childWork = "BELVEDERE_TEST_WORK"

var children = map[string]func(ctx context.Context) error{
	"serve": serveChild, "restore": restoreChild, "publish": publishChild,
}
