package host

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

func TestClientAddress(t *testing.T) {
	t.Parallel()
	l := limits{trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}}
	for name, c := range map[string]struct {
		peer      string
		forwarded []string
		want      string
	}{
		"no proxy":                {"192.0.2.1:99", nil, "192.0.2.1"},
		"a liar":                  {"192.0.2.1:99", []string{"198.51.100.7"}, "192.0.2.1"},
		"a proxy":                 {"10.0.0.1:99", []string{"198.51.100.7"}, "198.51.100.7"},
		"two proxies":             {"[::1]:99", []string{"198.51.100.7, 10.1.2.3"}, "198.51.100.7"},
		"what the client put":     {"10.0.0.1:99", []string{"203.0.113.9", "198.51.100.7"}, "198.51.100.7"},
		"rubbish":                 {"10.0.0.1:99", []string{"unknown"}, "10.0.0.1"},
		"rubbish further back":    {"10.0.0.1:99", []string{"unknown, 10.2.2.2"}, "10.2.2.2"},
		"a proxy without a word":  {"10.0.0.1:99", nil, "10.0.0.1"},
		"IPv4 in IPv6":            {"[::ffff:10.0.0.1]:99", []string{"::ffff:198.51.100.7"}, "198.51.100.7"},
		"the proxy's own clients": {"10.0.0.1:99", []string{"10.0.0.2"}, "10.0.0.2"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Header["X-Forwarded-For"] = c.peer, c.forwarded
		if got := l.clientAddress(r).String(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for a, want := range map[string]string{
		"192.0.2.1": "192.0.2.1/32", "2001:db8:1:2:3::9": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "::ffff:192.0.2.1": "192.0.2.1/32",
	} {
		if got := network(netip.MustParseAddr(a)).String(); got != want {
			t.Errorf("%s: %s, want %s", a, got, want)
		}
	}
}

// Whoever asks too often is put off, by address and by account; others are not, nor is he later.
func TestRateLimits(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *Config) {
		c.RequestsPerSecond, c.TrustedProxies = 1, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	})
	from := func(address, token string) (code, *http.Response) {
		r, err := http.NewRequestWithContext(t.Context(), "GET", b.server.URL+"/v1/session", nil)
		b.must(err)
		r.Header.Set("X-Forwarded-For", address)
		r.Header.Set("Authorization", "Bearer "+token)
		resp, err := b.server.Client().Do(r)
		b.must(err)
		defer resp.Body.Close()
		if resp.StatusCode == http.StatusTooManyRequests {
			return codeRateLimited, resp
		}
		return "", resp
	}
	for range burst {
		got, _ := from("192.0.2.1", "")
		b.refused(got, "")
	}
	got, resp := from("192.0.2.1", "")
	b.refused(got, codeRateLimited)
	if resp.Header.Get("Retry-After") == "" {
		t.Error("it does not say when to come back")
	}
	got, _ = from("192.0.2.2", "")
	b.refused(got, "")
	b.clock.advance(time.Second)
	got, _ = from("192.0.2.1", "")
	b.refused(got, "")

	for i := range byte(burst) { // from everywhere
		got, _ = from(netip.AddrFrom4([4]byte{203, 0, 113, i}).String(), b.token)
		b.refused(got, "")
	}
	got, _ = from("203.0.113.99", b.token)
	b.refused(got, codeRateLimited)
	got, _ = from("203.0.113.99", b.session(b.creator))
	b.refused(got, "")
}

// However many ask, few are remembered, and whoever asks all the time is not forgotten.
func TestLimitersAreBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	l := newLimiters[protocol.Digest](1, func() time.Time { return now })
	often := protocol.Digest{0xff}
	for range burst {
		l.allow(often)
	}
	for i := range 3 * maxLimiters {
		l.allow(protocol.Digest{byte(i), byte(i >> 8), byte(i >> 16), 1})
		if i%(maxLimiters/4) == 0 && l.allow(often) {
			t.Fatalf("forgotten after %d others", i)
		}
	}
	if n := len(l.young) + len(l.old); n > maxLimiters {
		t.Errorf("%d are remembered", n)
	}
}
