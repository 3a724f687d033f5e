package enclave

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCacheDropsWhatWasUsedLeast(t *testing.T) {
	t.Parallel()
	c := newCache[string, int](10)
	c.put("a", 1, 4)
	c.put("b", 2, 4)
	c.get("a")
	c.put("c", 3, 4)
	for key, want := range map[string]bool{"a": true, "b": false, "c": true} {
		if _, ok := c.get(key); ok != want {
			t.Errorf("%s kept: %v, want %v", key, ok, want)
		}
	}
	c.put("big", 4, 11)
	if _, ok := c.get("big"); ok {
		t.Error("a value larger than the budget was kept")
	}
}

func TestCacheKeepsItsBudget(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := newCache[int, int](100)
		for i := range rapid.IntRange(1, 60).Draw(t, "puts") {
			key, bytes := rapid.IntRange(0, 9).Draw(t, "key"), rapid.Int64Range(0, 120).Draw(t, "bytes")
			c.put(key, i, bytes)
			if v, ok := c.get(key); ok != (bytes <= 100) || ok && v != i {
				t.Fatalf("put of %d bytes: kept %v, value %d", bytes, ok, v)
			}
			var used int64
			for e := c.order.Front(); e != nil; e = e.Next() {
				used += e.Value.(*entry[int, int]).bytes
			}
			if used != c.used || used > c.budget || len(c.entries) != c.order.Len() {
				t.Fatalf("%d bytes in use, %d counted, %d entries, %d in order", used, c.used, len(c.entries), c.order.Len())
			}
		}
	})
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for failures, longest := range map[int]time.Duration{0: time.Second, 1: 2 * time.Second, 4: 16 * time.Second, 5: 30 * time.Second, 19: 30 * time.Second, 1 << 40: 30 * time.Second} {
		different := map[time.Duration]bool{}
		for range 50 {
			pause := backoff(failures, time.Second, 30*time.Second)
			if pause > longest || pause < longest/2 {
				t.Fatalf("after %d failures the pause is %v, want %v to %v", failures, pause, longest/2, longest)
			}
			different[pause] = true
		}
		if len(different) < 2 {
			t.Errorf("after %d failures the pause is always the same", failures)
		}
	}
}
