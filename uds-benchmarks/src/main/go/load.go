package main

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// load is what Load.java writes, as far as it is measured of Go.
type load struct {
	payload, callers, depth, connections int
	warmUp, time                         time.Duration
}

func parseLoad(words []string) (load, error) {
	l := load{payload: 64, callers: 1, depth: 1, warmUp: 500 * time.Millisecond, time: time.Second}
	for _, word := range words {
		key, text, _ := strings.Cut(word, "=")
		value, err := strconv.Atoi(text)
		if err != nil {
			if key == "virtual" || key == "slow" {
				continue
			}
			return l, fmt.Errorf("%q is no part of a load", word)
		}
		switch key {
		case "payload":
			l.payload = value
		case "callers":
			l.callers = value
		case "depth":
			l.depth = value
		case "connections":
			l.connections = value
		case "warmup":
			l.warmUp = time.Duration(value) * time.Millisecond
		case "time":
			l.time = time.Duration(value) * time.Millisecond
		}
	}
	return l, nil
}

// run has each caller call, one call after the other, until the time is over.
func (l load) run(newCaller func(index int) func() error) error {
	begin := time.Now().Add(l.warmUp)
	end := begin.Add(l.time)
	histograms := make([]histogram, l.callers)
	failures := make(chan error, l.callers)
	var callers sync.WaitGroup
	for i := range histograms {
		call := newCaller(i)
		callers.Add(1)
		go func(h *histogram) {
			defer callers.Done()
			from := time.Now()
			for from.Before(end) {
				if err := call(); err != nil {
					failures <- err
					return
				}
				to := time.Now()
				h.total++
				if !from.Before(begin) && to.Before(end) {
					h.record(to.Sub(from))
				}
				from = to
			}
		}(&histograms[i])
	}
	time.Sleep(time.Until(begin))
	fmt.Println("counting")
	callers.Wait()
	select {
	case err := <-failures:
		return err
	default:
	}
	var sum histogram
	for i := range histograms {
		sum.add(&histograms[i])
	}
	sum.print(l.time)
	return nil
}
