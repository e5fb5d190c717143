package web

import (
	"bytes"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"sync"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// bounds of the buckets of durations, in seconds.
var bounds = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

// metrics counts requests by route. Routes come from the router, never from the address, so
// that a visitor cannot make new series.
type metrics struct {
	mu       sync.Mutex
	requests map[requestKey]uint64
	times    map[string]*histogram
}

type requestKey struct {
	method, route string
	status        int
}

type histogram struct {
	buckets []uint64 // cumulated when written
	sum     float64
	count   uint64
}

func newMetrics() *metrics {
	return &metrics{requests: map[requestKey]uint64{}, times: map[string]*histogram{}}
}

func (m *metrics) observe(method, route string, status int, d time.Duration) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		method = "autre"
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests[requestKey{method, route, status}]++
	h := m.times[route]
	if h == nil {
		h = &histogram{buckets: make([]uint64, len(bounds))}
		m.times[route] = h
	}
	h.count++
	h.sum += d.Seconds()
	for i, b := range bounds {
		if d.Seconds() <= b {
			h.buckets[i]++
			break
		}
	}
}

// routeLabel is the pattern that took a request, without its method.
func routeLabel(r *http.Request) string {
	_, path, ok := strings.Cut(r.Pattern, " ")
	if !ok || path == "" {
		return "aucune"
	}
	return path
}

// metricsPage writes the counters in the text format of Prometheus.
func (s *server) metricsPage(w http.ResponseWriter, r *http.Request) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# HELP belvedere_info Version of the program.\n# TYPE belvedere_info gauge\nbelvedere_info{version=%q} 1\n", belvedere.Version)
	s.metrics.writeTo(&b)
	if err := s.writeDeliveries(r, &b); err != nil {
		return err
	}
	send(w, r, http.StatusOK, "text/plain; version=0.0.4; charset=utf-8", b.Bytes())
	return nil
}

func (m *metrics) writeTo(b *bytes.Buffer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b.WriteString("# HELP belvedere_http_requests_total Requests answered.\n# TYPE belvedere_http_requests_total counter\n")
	keys := make([]requestKey, 0, len(m.requests))
	for k := range m.requests {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		a, c := keys[i], keys[j]
		return fmt.Sprint(a.route, a.method, a.status) < fmt.Sprint(c.route, c.method, c.status)
	})
	for _, k := range keys {
		fmt.Fprintf(b, "belvedere_http_requests_total{method=%q,route=%q,status=\"%d\"} %d\n", k.method, k.route, k.status, m.requests[k])
	}
	b.WriteString("# HELP belvedere_http_request_seconds Time to answer.\n# TYPE belvedere_http_request_seconds histogram\n")
	routes := make([]string, 0, len(m.times))
	for route := range m.times {
		routes = append(routes, route)
	}
	sort.Strings(routes)
	for _, route := range routes {
		m.times[route].writeTo(b, route)
	}
}

func (h *histogram) writeTo(b *bytes.Buffer, route string) {
	total := uint64(0)
	for i, bound := range bounds {
		total += h.buckets[i]
		fmt.Fprintf(b, "belvedere_http_request_seconds_bucket{route=%q,le=\"%g\"} %d\n", route, bound, total)
	}
	fmt.Fprintf(b, "belvedere_http_request_seconds_bucket{route=%q,le=\"+Inf\"} %d\n", route, h.count)
	fmt.Fprintf(b, "belvedere_http_request_seconds_sum{route=%q} %g\n", route, h.sum)
	fmt.Fprintf(b, "belvedere_http_request_seconds_count{route=%q} %d\n", route, h.count)
}

// writeDeliveries counts the deliveries by state and gives the last edition.
func (s *server) writeDeliveries(r *http.Request, b *bytes.Buffer) error {
	b.WriteString("# HELP belvedere_deliveries Deliveries by state.\n# TYPE belvedere_deliveries gauge\n")
	for _, state := range []belvedere.DeliveryState{belvedere.Received, belvedere.Read, belvedere.Checked, belvedere.Staged, belvedere.Published, belvedere.Refused} {
		_, n, err := s.Deliveries.List(r.Context(), registry.DeliveryFilter{States: []belvedere.DeliveryState{state}}, registry.Page{Limit: 1})
		if err != nil {
			return err
		}
		fmt.Fprintf(b, "belvedere_deliveries{state=%q} %d\n", string(state), n)
	}
	list, _, err := s.Deliveries.ListEditions(r.Context(), registry.Page{Limit: 1})
	if err != nil {
		return err
	}
	b.WriteString("# HELP belvedere_edition Number of the last edition.\n# TYPE belvedere_edition gauge\n")
	last := 0
	if len(list) > 0 {
		last = list[0].Number
	}
	fmt.Fprintf(b, "belvedere_edition %d\n", last)
	return nil
}
