// Command net-client sends a message over a Unix domain socket with nothing but
// Go's net package and prints what one Read returns of the answer. It ends its
// output no sooner than it has the answer.
//
// It exits with 1 when an exchange failed, and with 2 when misused.
package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// readSize is the most that is read of an answer.
const readSize = 1024

func main() {
	socket := flag.String("socket", "", "path of the server's socket")
	message := flag.String("message", "hello", "the message")
	count := flag.Int("count", 1, "how many clients at once; of more than one, each adds its number to the message")
	timeout := flag.Duration("timeout", 20*time.Second, "how long an exchange may take")
	flag.Parse()
	if *socket == "" || *count < 1 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}

	if *count == 1 {
		if err := exchange(*socket, *message, *timeout); err != nil {
			fmt.Fprintln(os.Stderr, "net-client:", err)
			os.Exit(1)
		}
		return
	}
	if failures := exchangeAll(*socket, *message, *count, *timeout); failures > 0 {
		fmt.Fprintln(os.Stderr, "net-client:", failures, "of", *count, "exchanges failed")
		os.Exit(1)
	}
}

// exchangeAll lets all clients begin at once and returns how many failed.
func exchangeAll(path, message string, count int, timeout time.Duration) int64 {
	var failures atomic.Int64
	var clients sync.WaitGroup
	begin := make(chan struct{})
	for i := range count {
		clients.Add(1)
		go func() {
			defer clients.Done()
			<-begin
			if err := exchange(path, fmt.Sprintf("%s %d", message, i), timeout); err != nil {
				fmt.Fprintln(os.Stderr, "net-client:", err)
				failures.Add(1)
			}
		}()
	}
	close(begin)
	clients.Wait()
	return failures.Load()
}

// exchange makes a connection for one message and prints the answer.
func exchange(path, message string, timeout time.Duration) error {
	conn, err := net.Dial("unix", path)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}

	if _, err := conn.Write([]byte(message)); err != nil {
		return err
	}
	buffer := make([]byte, readSize)
	n, err := conn.Read(buffer)
	if err != nil {
		return err
	}
	fmt.Printf("%s\n", buffer[:n])
	return nil
}
