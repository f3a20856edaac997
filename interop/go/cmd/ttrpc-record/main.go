// Command ttrpc-record writes down the frames that containerd's own ttrpc
// client and server exchange, and what that server answers to bad frames.
// The format of its output stands at the output's head.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/containerd/ttrpc"

	"github.com/udsboot/uds-spring-boot/interop/go/internal/interop"
)

func main() {
	output := flag.String("o", "", "file to write; stdout if not given")
	flag.Parse()
	if err := run(*output); err != nil {
		fmt.Fprintln(os.Stderr, "ttrpc-record:", err)
		os.Exit(1)
	}
}

func run(output string) error {
	r := &recorder{}
	r.head()
	if err := withServer(r.record); err != nil {
		return err
	}
	if output == "" {
		_, err := r.out.WriteTo(os.Stdout)
		return err
	}
	return os.WriteFile(output, r.out.Bytes(), 0o644)
}

// withServer runs the function against a server of its own.
func withServer(do func(socket string) error) (err error) {
	folder, err := os.MkdirTemp("", "ttrpc-record")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()

	socket := filepath.Join(folder, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	server, err := interop.NewServer()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(context.Background(), listener) }()

	err = do(socket)
	_ = server.Close()
	if failure := <-served; !errors.Is(failure, ttrpc.ErrServerClosed) {
		err = errors.Join(err, failure)
	}
	return err
}

type recorder struct {
	out bytes.Buffer
}

func (r *recorder) comment(format string, arguments ...any) {
	fmt.Fprintf(&r.out, "# "+format+"\n", arguments...)
}

func (r *recorder) lines(name string, frames []taken) {
	for _, t := range frames {
		fmt.Fprintf(&r.out, "%s %s %s\n", name, t.direction, t.frame.hex())
	}
}

func (r *recorder) head() {
	_, _ = io.WriteString(&r.out, `# Frames of containerd's ttrpc client and server, recorded by cmd/ttrpc-record.
`)
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, module := range build.Deps {
			switch module.Path {
			case "github.com/containerd/ttrpc", "google.golang.org/protobuf":
				r.comment("%s %s", module.Path, module.Version)
			}
		}
	}
	_, _ = io.WriteString(&r.out, `#
# Empty lines and lines that begin with '#' say nothing. Every other line is
#   NAME DIRECTION HEX
# and holds one whole frame, its 10-byte header and its data, in the order in
# which the client wrote or read it. DIRECTION is client>server or
# server>client. HEX may end in +N*00, which stands for N zero bytes.
#
# NAME up to its first dot names a connection; each has its own. After the dot:
#   setup  valid frames that bring the connection to where the case begins
#   probe  a greeting made afterwards, which shows that the connection lives
# Names that begin with "bad-" or "raw-" were written by hand to the real
# server; in the others both ends are real.
#
# Two things differ from run to run: the timeout_nano of "deadline", and the
# space after "proto:" in messages, which Go's protobuf makes U+0020 or U+00A0
# depending on the build.
`)
}
