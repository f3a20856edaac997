package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"sync"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/udsboot/uds-spring-boot/interop/go/internal/interop"
	interopv1 "github.com/udsboot/uds-spring-boot/interop/go/proto"
)

type loadLine struct {
	outcome
	Calls         int   `json:"calls"`
	Errors        int   `json:"errors"`
	Misrouted     int   `json:"misrouted"`
	ElapsedMillis int64 `json:"elapsedMillis"`
}

// count adds up what callers met; the first failure becomes the line's status.
type count struct {
	calls, errors, misrouted int
	failure                  *outcome
}

func (c *count) add(other count) {
	c.calls += other.calls
	c.errors += other.errors
	c.misrouted += other.misrouted
	if c.failure == nil {
		c.failure = other.failure
	}
}

func load(s *session, arguments []string) (any, bool, error) {
	callers, err := countArgument("CALLERS", arguments[0])
	if err != nil {
		return nil, false, err
	}
	calls, err := countArgument("CALLS", arguments[1])
	if err != nil {
		return nil, false, err
	}

	var (
		total   count
		lock    sync.Mutex
		running sync.WaitGroup
	)
	start := time.Now()
	for caller := range callers {
		running.Go(func() {
			mine := s.callMany(uint32(caller), calls)
			lock.Lock()
			defer lock.Unlock()
			total.add(mine)
		})
	}
	running.Wait()

	line := loadLine{
		outcome:       newOutcome("load", codes.OK, "", true),
		Calls:         total.calls,
		Errors:        total.errors,
		Misrouted:     total.misrouted,
		ElapsedMillis: time.Since(start).Milliseconds(),
	}
	if total.failure != nil {
		line.outcome = *total.failure
	}
	return line, total.errors == 0 && total.misrouted == 0, nil
}

// callMany stops early when the connection is gone, for then nothing follows.
func (s *session) callMany(caller uint32, calls int) count {
	var mine count
	for call := range calls {
		sent := identity(caller, uint32(call))
		var reply interopv1.EchoMessage
		result := s.invoke(context.Background(), "load", interop.ServiceName, "Identity",
			&interopv1.EchoMessage{Data: sent}, &reply)
		mine.calls++
		switch {
		case !result.ok():
			mine.errors++
			if mine.failure == nil {
				mine.failure = &result
			}
		case !bytes.Equal(reply.GetData(), sent):
			mine.misrouted++
		}
		if result.Transport {
			break
		}
	}
	return mine
}

// identity is 8 bytes that no other call of the run has, then 0 to 1023 bytes
// made from them, so that neighbouring frames differ in length.
func identity(caller, call uint32) []byte {
	data := make([]byte, 8, 8+1024)
	binary.BigEndian.PutUint32(data, caller)
	binary.BigEndian.PutUint32(data[4:], call)
	mix := (caller*2654435761 + call) * 2246822519
	for range mix >> 22 {
		data = append(data, byte(mix))
		mix = mix*1664525 + 1013904223
	}
	return data
}
