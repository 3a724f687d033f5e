package host

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
	"golang.org/x/time/rate"
)

// limits bound how often an address or an account may ask, however many of them there are.
type limits struct {
	trusted   []netip.Prefix // proxies whose X-Forwarded-For is believed
	addresses *limiters[netip.Prefix]
	accounts  *limiters[protocol.Address]
}

// maxLimiters is how many addresses, and accounts, are remembered.
const maxLimiters = 1 << 14

// burst is how many seconds' worth of requests may come at once.
const burst = 10

func newLimits(cfg Config) limits {
	return limits{
		cfg.TrustedProxies,
		newLimiters[netip.Prefix](cfg.RequestsPerSecond, cfg.Now), newLimiters[protocol.Address](cfg.RequestsPerSecond, cfg.Now),
	}
}

// address refuses a request if too many come from where it comes from.
func (l limits) address(r *http.Request) error {
	from := l.clientAddress(r)
	if !l.addresses.allow(network(from)) {
		return problem(codeRateLimited, "too many requests from %s", from)
	}
	return nil
}

// account refuses a request if too many come from its account.
func (l limits) account(c caller) error {
	if !c.account.IsZero() && !l.accounts.allow(c.account) {
		return problem(codeRateLimited, "too many requests of account %s", c.account)
	}
	return nil
}

// network is what is counted as one: an IPv4 address, or the /64 that an IPv6 address is of.
func network(a netip.Addr) netip.Prefix {
	bits := 64
	if a = a.Unmap(); a.Is4() {
		bits = 32
	}
	p, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{} // an address that cannot be read: those are counted together
	}
	return p
}

// clientAddress returns where a request comes from: the peer, or, if that is a trusted proxy, the last
// address in X-Forwarded-For that is none.
func (l limits) clientAddress(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	from, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && l.isProxy(from); i-- {
		before, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		from = before
	}
	return from.Unmap()
}

func (l limits) isProxy(a netip.Addr) bool {
	for _, p := range l.trusted {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// limiters holds a limiter for each of the keys that asked last. Its size is bounded: when it is full, the
// older half of it is forgotten, which forgives them.
type limiters[K comparable] struct {
	perSecond  float64 // 0 or below: no limit
	now        func() time.Time
	mu         sync.Mutex
	young, old map[K]*rate.Limiter
}

func newLimiters[K comparable](perSecond float64, now func() time.Time) *limiters[K] {
	return &limiters[K]{perSecond: perSecond, now: now, young: map[K]*rate.Limiter{}}
}

func (l *limiters[K]) allow(key K) bool {
	if l.perSecond <= 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	one, ok := l.young[key]
	if !ok {
		if one, ok = l.old[key]; !ok {
			one = rate.NewLimiter(rate.Limit(l.perSecond), max(1, int(l.perSecond*burst)))
		}
		if len(l.young) >= maxLimiters/2 {
			l.old, l.young = l.young, map[K]*rate.Limiter{}
		}
		l.young[key] = one
	}
	return one.AllowN(l.now(), 1)
}
