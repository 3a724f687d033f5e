package host

import (
	"context"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// forwarded marks a request that one host passed to another, which passes it no further.
const forwarded = "Encompute-Forwarded"

// announce records a stream for the other hosts, if they can reach this one.
func (h *Host) announce(ctx context.Context, id string, account protocol.Address, worker *protocol.WorkerView) error {
	if h.cfg.Peer == "" {
		return nil
	}
	return h.store.PutSession(ctx, store.Session{ID: id, Peer: h.cfg.Peer, Account: account, Worker: worker})
}

// withdraw takes back what announce recorded.
func (h *Host) withdraw(ctx context.Context, id string) {
	if h.cfg.Peer == "" {
		return
	}
	if err := h.store.EndSession(ctx, id); err != nil {
		h.log.WarnContext(ctx, "a stream that ended is listed until the database is back", "error", err)
		h.ghosts.mu.Lock()
		defer h.ghosts.mu.Unlock()
		h.ghosts.ids = append(h.ghosts.ids, id)
	}
}

// ghosts are streams that ended while the database was away, and are listed still.
type ghosts struct {
	mu  sync.Mutex
	ids []string
}

// keepSessions tells the other hosts that this one lives, with its streams and no others.
func (h *Host) keepSessions(ctx context.Context) error {
	if h.cfg.Peer == "" {
		return nil
	}
	h.ghosts.mu.Lock()
	defer h.ghosts.mu.Unlock()
	for len(h.ghosts.ids) > 0 {
		if err := h.store.EndSession(ctx, h.ghosts.ids[0]); err != nil {
			return err
		}
		h.ghosts.ids = h.ghosts.ids[1:]
	}
	return h.store.KeepSessions(ctx, h.cfg.Peer)
}

// elsewhere returns the streams that are open at other hosts.
func (h *Host) elsewhere(ctx context.Context) ([]store.Session, error) {
	if h.cfg.Peer == "" {
		return nil, nil
	}
	return h.store.Sessions(ctx, h.cfg.Peer, h.cfg.Now().Add(-h.cfg.Lease))
}

// allWorkers lists the workers of all hosts, each once.
func (h *Host) allWorkers(ctx context.Context) ([]protocol.WorkerView, error) {
	views, here := []protocol.WorkerView{}, map[protocol.Address]bool{}
	for _, wk := range h.workers.list() {
		views = append(views, wk.view())
		here[wk.signer] = true
	}
	others, err := h.elsewhere(ctx)
	for _, s := range others {
		if s.Worker != nil && !here[s.Account] {
			views = append(views, *s.Worker)
			here[s.Account] = true
		}
	}
	return views, err
}

// onlineCreators returns the creators who have a stream open at any host, or poll there.
func (h *Host) onlineCreators(ctx context.Context) (map[protocol.Address]bool, error) {
	online := map[protocol.Address]bool{}
	for _, c := range h.creators.list() {
		online[c.address] = true
	}
	for _, a := range h.attendance.list() {
		online[a] = true
	}
	others, err := h.elsewhere(ctx)
	for _, s := range others {
		if s.Worker == nil {
			online[s.Account] = true
		}
	}
	return online, err
}

// passOn hands a request about a worker to the host that the worker is connected to, and
// reports whether there is one.
func (h *Host) passOn(w http.ResponseWriter, r *http.Request, signer protocol.Address) (bool, error) {
	if r.Header.Get(forwarded) != "" {
		return false, nil
	}
	others, err := h.elsewhere(r.Context())
	if err != nil {
		return false, err
	}
	for _, s := range others {
		if s.Worker == nil || s.Account != signer {
			continue
		}
		target, err := url.Parse(s.Peer)
		if err != nil {
			return false, err
		}
		proxy := &httputil.ReverseProxy{
			Rewrite: func(p *httputil.ProxyRequest) {
				p.SetURL(target)
				p.Out.Header.Set(forwarded, "1")
			},
			ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
				h.log.WarnContext(r.Context(), "another host does not answer", "peer", s.Peer, "error", err)
				h.writeProblem(w, r, problem(codeUnknownWorker, "worker %s is connected to a host that does not answer", signer))
			},
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxSmallBody)
		proxy.ServeHTTP(w, r)
		return true, nil
	}
	return false, nil
}
