// Command net-server answers over a Unix domain socket with nothing but Go's net
// package, as first programs do: what one Read returns is the message. It prints
// "ready" when it listens, and then each message.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
)

// readSize is the most that is read of a message.
const readSize = 1024

func main() {
	socket := flag.String("socket", "", "path of the socket to listen on; must not exist yet")
	answer := flag.String("answer", "received: ", "what stands before the message in its answer")
	greeting := flag.String("greeting", "", "what each client is sent when it connects, by default nothing")
	stdinEOF := flag.Bool("stdin-eof", false, "stop when stdin ends, so that no process outlives the test that started it")
	flag.Parse()
	if *socket == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}

	if err := serve(*socket, *greeting, *answer, *stdinEOF); err != nil {
		fmt.Fprintln(os.Stderr, "net-server:", err)
		os.Exit(1)
	}
}

func serve(path, greeting, answer string, stdinEOF bool) error {
	listener, err := net.Listen("unix", path)
	if err != nil {
		return err
	}
	if stdinEOF {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			_ = listener.Close()
		}()
	}
	fmt.Println("ready")

	for {
		conn, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		go handle(conn, greeting, answer)
	}
}

// handle greets, answers one message and closes the connection. It does not wait for the
// peer to end its output.
func handle(conn net.Conn, greeting, answer string) {
	defer conn.Close()

	if _, err := conn.Write([]byte(greeting)); err != nil {
		fmt.Fprintln(os.Stderr, "net-server: greet:", err)
		return
	}

	buffer := make([]byte, readSize)
	n, err := conn.Read(buffer)
	if err != nil {
		fmt.Fprintln(os.Stderr, "net-server: read:", err)
		return
	}
	fmt.Printf("%s\n", buffer[:n])

	if _, err := conn.Write(append([]byte(answer), buffer[:n]...)); err != nil {
		fmt.Fprintln(os.Stderr, "net-server: write:", err)
	}
}
