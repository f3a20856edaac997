package main

import (
	"net"
	"sync"
)

const (
	toServer = "client>server"
	toClient = "server>client"
)

type taken struct {
	direction string
	frame     frame
}

// tap is a client's connection that notes every whole frame, in the order in
// which the client finished writing or reading it.
type tap struct {
	net.Conn

	lock     sync.Mutex
	sent     []byte // begun, not whole yet
	received []byte
	frames   []taken
}

func (t *tap) Write(p []byte) (int, error) {
	// Noted before it is written: the answer can be here before Write returns.
	t.lock.Lock()
	t.sent = t.note(toServer, append(t.sent, p...))
	t.lock.Unlock()
	return t.Conn.Write(p)
}

func (t *tap) Read(p []byte) (int, error) {
	n, err := t.Conn.Read(p)
	t.lock.Lock()
	t.received = t.note(toClient, append(t.received, p[:n]...))
	t.lock.Unlock()
	return n, err
}

func (t *tap) note(direction string, b []byte) []byte {
	for {
		f, rest, whole := cutFrame(b)
		if !whole {
			return b
		}
		t.frames = append(t.frames, taken{direction, f})
		b = rest
	}
}

// take hands over the frames noted since the last call.
func (t *tap) take() []taken {
	t.lock.Lock()
	defer t.lock.Unlock()
	frames := t.frames
	t.frames = nil
	return frames
}
