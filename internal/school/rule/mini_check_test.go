package rule_test

import (
	"strings"
	"testing"
)

func TestCoherentSchoolHasNoFinding(t *testing.T) {
	v := openMini(t)
	r := check(t, v)
	if list := standing(t, v); len(list) > 0 {
		t.Errorf("findings of files that agree:\n%s", strings.Join(lines(list), "\n"))
	}
	for _, o := range r.Rules {
		if !o.Ran {
			t.Errorf("%s did not run: %s is missing", o.Rule.Code, o.Missing)
		}
	}
	if r.Proposals != 0 || r.Duplicates != 0 {
		t.Errorf("%d proposals and %d duplicates where names agree", r.Proposals, r.Duplicates)
	}
}
