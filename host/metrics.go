package host

import (
	"net/http"
	"strconv"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are the host's figures, served by GET /metrics in Prometheus' text format. They name
// no user, model, worker or job.
type metrics struct {
	registry   *prometheus.Registry
	jobs       *prometheus.CounterVec
	seconds    prometheus.Histogram
	predicted  prometheus.Histogram
	prediction prometheus.Histogram
	requests   *prometheus.HistogramVec
	refusals   *prometheus.CounterVec
}

// Buckets of evaluations, which may take a minute at most, and of requests.
var (
	evaluationBuckets = []float64{0.01, 0.03, 0.1, 0.3, 1, 3, 10, 20, 30, 45, 60}
	requestBuckets    = []float64{0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30}
)

func newMetrics(h *Host) metrics {
	m := metrics{
		registry: prometheus.NewRegistry(),
		jobs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "encompute_job_events_total", Help: "What happened to jobs, by event: leased, computed, failed (an attempt), released, delivered.",
		}, []string{"event"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "encompute_evaluation_seconds", Help: "Time of encrypted evaluations, as workers measured it.", Buckets: evaluationBuckets,
		}),
		predicted: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "encompute_evaluation_predicted_seconds", Help: "Time of the same evaluations, as workers predicted it.", Buckets: evaluationBuckets,
		}),
		prediction: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "encompute_evaluation_prediction_ratio", Help: "Predicted over measured time of an evaluation; 1 is a perfect prediction.",
			Buckets: []float64{0.25, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 4},
		}),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "encompute_request_seconds", Help: "Time to answer requests, by route and status; streams are left out.", Buckets: requestBuckets,
		}, []string{"route", "status"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "encompute_refusals_total", Help: "Requests that were refused, by the code of the problem.",
		}, []string{"code"}),
	}
	m.registry.MustRegister(m.refusals, m.jobs, m.seconds, m.predicted, m.prediction, m.requests,
		gauge("encompute_workers", "Workers admitted and connected.", func() int { return len(h.workers.list()) }),
		newWorkerKinds(func() []*worker { return h.workers.list() }),
		gauge("encompute_creators", "Creators' agents signed in, over streams or by polls.", func() int { return len(h.creators.list()) + len(h.attendance.list()) }),
		gauge("encompute_streams", "Open WebSockets.", h.openStreams),
		gauge("encompute_uploads", "Uploads under way.", h.uploads.underWay),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func gauge(name, help string, f func() int) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(f()) })
}

// workerKinds counts workers by the arithmetic they run.
type workerKinds struct {
	list func() []*worker
	desc *prometheus.Desc
}

func newWorkerKinds(list func() []*worker) workerKinds {
	const help = "Workers admitted and connected, by the arithmetic they run."
	return workerKinds{list, prometheus.NewDesc("encompute_workers_by_kind", help, []string{"kind"}, nil)}
}

// Describe implements prometheus.Collector.
func (k workerKinds) Describe(c chan<- *prometheus.Desc) { c <- k.desc }

// Collect implements prometheus.Collector.
func (k workerKinds) Collect(c chan<- prometheus.Metric) {
	count := map[string]int{}
	for _, w := range k.list() {
		count[w.view().Kind]++
	}
	for kind, n := range count {
		c <- prometheus.MustNewConstMetric(k.desc, prometheus.GaugeValue, float64(n), kind)
	}
}

// computed counts an evaluation whose receipt was accepted.
func (m metrics) computed(c protocol.Computed) {
	m.jobs.WithLabelValues("computed").Inc()
	m.seconds.Observe(c.Seconds)
	m.predicted.Observe(c.PredictedSeconds)
	if c.Seconds > 0 {
		m.prediction.Observe(c.PredictedSeconds / c.Seconds)
	}
}

func (h *Host) openStreams() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.streams
}

// getMetrics answers GET /metrics.
func (h *Host) getMetrics(w http.ResponseWriter, r *http.Request) error {
	promhttp.HandlerFor(h.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
	return nil
}

// timed measures the requests of a route, except those that become streams.
func (m metrics) timed(route string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if websocket.IsWebSocketUpgrade(r) {
			next.ServeHTTP(w, r)
			return
		}
		start, s := time.Now(), &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(s, r)
		m.requests.WithLabelValues(route, strconv.Itoa(s.status)).Observe(time.Since(start).Seconds())
	})
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (s *statusWriter) WriteHeader(status int) {
	if status >= http.StatusOK { // and no interim answer
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }
