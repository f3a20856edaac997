// Command ttrpc-server serves udsboot.interop.v1.Interop with containerd's own
// ttrpc server on a Unix domain socket. It prints "ready" when it listens.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/containerd/ttrpc"

	"github.com/udsboot/uds-spring-boot/interop/go/internal/interop"
)

// grace bounds ttrpc's Shutdown. It is no promise to calls that still run: ttrpc
// takes a connection for idle until the first answer after a call's start.
const grace = 2 * time.Second

func main() {
	socket := flag.String("socket", "", "path of the socket to listen on; must not exist yet")
	stdinEOF := flag.Bool("stdin-eof", false, "stop when stdin ends, so that no process outlives the test that started it")
	flag.Parse()
	if *socket == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if *stdinEOF {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}

	if err := serve(ctx, *socket); err != nil {
		fmt.Fprintln(os.Stderr, "ttrpc-server:", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, path string) error {
	server, err := interop.NewServer()
	if err != nil {
		return err
	}
	listener, removeSocket, err := listen(path)
	if err != nil {
		return err
	}

	served := make(chan error, 1)
	go func() { served <- server.Serve(context.Background(), listener) }()
	fmt.Println("ready")

	select {
	case err = <-served:
		removeSocket()
		return err
	case <-ctx.Done():
	}

	// The path goes first: while we still listen, no other file can have our
	// socket's inode number.
	removeSocket()
	bounded, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if server.Shutdown(bounded) != nil {
		_ = server.Close()
	}
	if err = <-served; !errors.Is(err, ttrpc.ErrServerClosed) {
		return err
	}
	return nil
}

// listen binds the path, which must be free, for the owner only. The function
// it returns removes the path if the socket there is still the one bound here.
func listen(path string) (net.Listener, func(), error) {
	mask := syscall.Umask(0o177)
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	syscall.Umask(mask)
	if err != nil {
		return nil, nil, err
	}
	listener.SetUnlinkOnClose(false) // it would remove whatever is there by then

	ours, err := os.Lstat(path)
	if err != nil {
		_ = listener.Close()
		return nil, nil, err
	}
	remove := func() {
		if there, err := os.Lstat(path); err == nil && os.SameFile(ours, there) {
			_ = os.Remove(path)
		}
	}
	return listener, remove, nil
}
