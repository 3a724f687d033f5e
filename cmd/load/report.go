package main

import (
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// report is the document that is printed.
type report struct {
	OK      bool     `json:"ok"`               // every promise was kept
	Broken  []string `json:"broken,omitempty"` // those that were not
	Machine machine  `json:"machine"`
	Targets []target `json:"targets"`

	Sockets  *socketsReport  `json:"sockets,omitempty"`
	Requests *requestsReport `json:"requests,omitempty"`
	Jobs     *jobsReport     `json:"jobs,omitempty"`
	Upload   *uploadReport   `json:"upload,omitempty"`
}

// machine is where the load ran. Others who use it make every figure worse.
type machine struct {
	Cores int       `json:"cores"`
	Go    string    `json:"go"`
	OS    string    `json:"os"`
	Load  float64   `json:"load"` // of one minute, before the start; 0 where the system does not tell
	Began time.Time `json:"began"`
}

// target is a figure beside what it should be. It decides nothing.
type target struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Most  float64 `json:"most,omitempty"`
	Least float64 `json:"least,omitempty"`
	Unit  string  `json:"unit"`
	OK    bool    `json:"ok"`
}

func newReport() *report {
	r := &report{OK: true, Targets: []target{}, Machine: machine{
		Cores: runtime.GOMAXPROCS(0), Go: runtime.Version(), OS: runtime.GOOS + "/" + runtime.GOARCH, Began: time.Now().UTC(),
	}}
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		first, _, _ := strings.Cut(string(b), " ")
		r.Machine.Load, _ = strconv.ParseFloat(first, 64)
	}
	return r
}

// broken notes a promise that was not kept.
func (r *report) broken(part string, why error) *report {
	r.OK = false
	r.Broken = append(r.Broken, part+": "+why.Error())
	return r
}

func (r *report) most(name string, value, most float64, unit string) {
	r.Targets = append(r.Targets, target{Name: name, Value: value, Most: most, Unit: unit, OK: value <= most})
}

func (r *report) least(name string, value, least float64, unit string) {
	r.Targets = append(r.Targets, target{Name: name, Value: value, Least: least, Unit: unit, OK: value >= least})
}

// latency sums up times in milliseconds.
type latency struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50Ms"`
	P99   float64 `json:"p99Ms"`
	Max   float64 `json:"maxMs"`
}

// summarize sorts times and sums them up.
func summarize(times []time.Duration) latency {
	if len(times) == 0 {
		return latency{}
	}
	slices.Sort(times)
	at := func(q float64) float64 { return milliseconds(times[min(len(times)-1, int(q*float64(len(times))))]) }
	return latency{len(times), at(0.5), at(0.99), milliseconds(times[len(times)-1])}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
