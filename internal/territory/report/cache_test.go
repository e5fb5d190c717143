package report

import (
	"strconv"
	"strings"
	"testing"
)

// TestCacheIsBounded puts entries whose keys and sizes the asker chooses: what is held stays
// within entries and bytes, and the last ones are there.
func TestCacheIsBounded(t *testing.T) {
	c := newCache[string, int](100, 10_000)
	for i := range 1000 {
		c.put(strconv.Itoa(i), i, 10)
		if held(c) != c.held || c.held > c.bytes || len(c.items) > c.most {
			t.Fatalf("after %d small entries: %d entries, %d bytes, %d counted", i, len(c.items), held(c), c.held)
		}
	}
	if _, ok := c.get("999"); !ok || len(c.items) != 100 {
		t.Errorf("%d entries are kept, the last among them: %t", len(c.items), ok)
	}
	for i := range 100 {
		c.put(strings.Repeat("k", 1000)+strconv.Itoa(i), i, 1000)
		if held(c) != c.held || c.held > c.bytes {
			t.Fatalf("after %d large entries: %d bytes, %d counted", i, held(c), c.held)
		}
	}
	c.put("same", 1, 10)
	c.put("same", 2, 20)
	c.put("whale", 3, 9_000)
	if v, ok := c.get("same"); !ok || v != 2 {
		t.Errorf("the entry put twice gives %d, %t", v, ok)
	}
	if _, ok := c.get("whale"); ok {
		t.Error("one entry takes the place of nearly all others")
	}
	c.clear()
	if c.held != 0 || len(c.items) != 0 {
		t.Errorf("cleared, it holds %d bytes", c.held)
	}
}

func held(c *cache[string, int]) int {
	sum := 0
	for _, e := range c.items {
		sum += e.size
	}
	return sum
}
