package main

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
)

const head = 4

// serveRaw echoes a four-byte length and that many bytes, each connection on a goroutine of its own.
func serveRaw(listener net.Listener) error {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go echo(connection)
	}
}

func echo(connection net.Conn) {
	defer connection.Close()
	buffer := make([]byte, 64*1024)
	filled := 0
	for {
		n, err := connection.Read(buffer[filled:])
		if err != nil {
			return
		}
		filled += n
		used := wholeFrames(buffer[:filled])
		if used > 0 {
			if _, err := connection.Write(buffer[:used]); err != nil {
				return
			}
			filled = copy(buffer, buffer[used:filled])
		}
		if filled >= head {
			if size := head + int(binary.BigEndian.Uint32(buffer)); size > len(buffer) {
				larger := make([]byte, size)
				copy(larger, buffer[:filled])
				buffer = larger
			}
		}
	}
}

func wholeFrames(buffer []byte) int {
	used := 0
	for len(buffer)-used >= head {
		size := head + int(binary.BigEndian.Uint32(buffer[used:]))
		if len(buffer)-used < size {
			break
		}
		used += size
	}
	return used
}

// callRaw has a connection for each caller.
func callRaw(path string, l load) error {
	connections := make([]net.Conn, l.callers)
	for i := range connections {
		connection, err := net.Dial("unix", path)
		if err != nil {
			return err
		}
		connections[i] = connection
	}
	return l.run(func(index int) func() error {
		request := make([]byte, head+l.payload)
		binary.BigEndian.PutUint32(request, uint32(l.payload))
		answer := make([]byte, len(request))
		return func() error {
			if _, err := connections[index].Write(request); err != nil {
				return err
			}
			if _, err := io.ReadFull(connections[index], answer); err != nil {
				return err
			}
			if int(binary.BigEndian.Uint32(answer)) != l.payload {
				return errors.New("another length came back than was sent")
			}
			return nil
		}
	})
}
