package main

import (
	"fmt"
	"math/bits"
	"time"
)

const (
	bucketsPerDoubling = 64
	buckets            = 59 * bucketsPerDoubling
)

// histogram counts durations in the buckets of LatencyHistogram.java.
type histogram struct {
	counts [buckets]uint64
	calls  uint64
	total  uint64
	max    time.Duration
}

func shiftOf(value uint64) int {
	return max(0, bits.Len64(value|1)-1-6)
}

func (h *histogram) record(d time.Duration) {
	value := uint64(max(0, d))
	shift := shiftOf(value)
	h.counts[shift*bucketsPerDoubling+int(value>>shift)]++
	h.calls++
	h.max = max(h.max, d)
}

func (h *histogram) add(other *histogram) {
	for i, n := range other.counts {
		h.counts[i] += n
	}
	h.calls += other.calls
	h.total += other.total
	h.max = max(h.max, other.max)
}

func (h *histogram) percentile(p float64) float64 {
	wanted := float64(h.calls) * p / 100
	var seen uint64
	for i, n := range h.counts {
		seen += n
		if n > 0 && float64(seen) >= wanted {
			shift := max(0, i/bucketsPerDoubling-1)
			low := uint64(i-shift*bucketsPerDoubling) << shift
			middle := low + (uint64(1)<<shift-1)/2
			return float64(min(middle, uint64(h.max))) / 1000
		}
	}
	return 0
}

func (h *histogram) print(counted time.Duration) {
	fmt.Printf("result calls=%d total=%d seconds=%.6f", h.calls, h.total, counted.Seconds())
	for _, p := range []struct {
		name  string
		value float64
	}{{"p50", 50}, {"p75", 75}, {"p90", 90}, {"p95", 95}, {"p99", 99}, {"p999", 99.9}, {"p9999", 99.99}} {
		fmt.Printf(" %s=%.3f", p.name, h.percentile(p.value))
	}
	fmt.Printf(" max=%.3f\n", float64(h.max)/1000)
}
