package enclave

import "container/list"

// cache keeps the values that were used last, within a budget of bytes. It is for one
// goroutine at a time.
type cache[K comparable, V any] struct {
	budget, used int64
	order        *list.List // of *entry; the one used last is in front
	entries      map[K]*list.Element
}

type entry[K comparable, V any] struct {
	key   K
	value V
	bytes int64
}

func newCache[K comparable, V any](budget int64) *cache[K, V] {
	return &cache[K, V]{budget: budget, order: list.New(), entries: map[K]*list.Element{}}
}

func (c *cache[K, V]) get(key K) (v V, ok bool) {
	e, ok := c.entries[key]
	if !ok {
		return v, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*entry[K, V]).value, true
}

// put adds a value of so many bytes; one that is larger than the budget is not kept.
func (c *cache[K, V]) put(key K, v V, bytes int64) {
	c.remove(key)
	c.entries[key] = c.order.PushFront(&entry[K, V]{key, v, bytes})
	c.used += bytes
	for c.used > c.budget {
		c.remove(c.order.Back().Value.(*entry[K, V]).key)
	}
}

func (c *cache[K, V]) remove(key K) {
	if e, ok := c.entries[key]; ok {
		c.used -= c.order.Remove(e).(*entry[K, V]).bytes
		delete(c.entries, key)
	}
}
