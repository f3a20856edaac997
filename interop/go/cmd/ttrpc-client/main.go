// Command ttrpc-client calls a ttrpc server on a Unix domain socket with
// containerd's own ttrpc client and prints one JSON line per result.
//
// It exits with 0 when the call came to a status, whichever; with 1 when the
// transport failed or a reply was not what was sent; with 2 when misused.
package main

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/containerd/ttrpc"
)

const usage = `usage: ttrpc-client -socket PATH [-timeout DUR] [-wire-timeout DUR] COMMAND

  greet NAME
  echo HEX
  call ROUTE HEX              raw payload bytes to any route
  fail CODE MESSAGE
  fail-with-details CODE MESSAGE
  sleep MILLIS
  metadata KEY VALUE...
  unknown-method
  unknown-service
  load CALLERS CALLS          each caller makes CALLS calls, on one connection
  oversize                    payload of 4 MiB + 1
  stream-range COUNT          take a stream of numbers
  stream-fail COUNT           take a stream that fails after so many
  stream-sum COUNT            send a stream of numbers
  stream-upper WORD...        send words and take each one's answer

`

// session is one connection and what holds for each call on it.
type session struct {
	client      *ttrpc.Client
	timeout     time.Duration
	wireTimeout time.Duration
}

// command runs one subcommand and returns the line to print, and whether all
// was as it should be.
type command struct {
	arguments int
	more      bool
	run       func(s *session, arguments []string) (line any, fine bool, err error)
}

var commands = map[string]command{
	"greet":             {arguments: 1, run: greet},
	"echo":              {arguments: 1, run: echo},
	"call":              {arguments: 2, run: call},
	"fail":              {arguments: 2, run: fail},
	"fail-with-details": {arguments: 2, run: failWithDetails},
	"sleep":             {arguments: 1, run: sleep},
	"metadata":          {arguments: 2, more: true, run: metadata},
	"unknown-method":    {run: unknownMethod},
	"unknown-service":   {run: unknownService},
	"load":              {arguments: 2, run: load},
	"oversize":          {run: oversize},
	"stream-range":      {arguments: 1, run: streamRange},
	"stream-fail":       {arguments: 1, run: streamFail},
	"stream-sum":        {arguments: 1, run: streamSum},
	"stream-upper":      {arguments: 1, more: true, run: streamUpper},
}

func main() {
	socket := flag.String("socket", "", "path of the server's socket")
	timeout := flag.Duration("timeout", 10*time.Second, "deadline of each call; 0 for none")
	wireTimeout := flag.Duration("wire-timeout", 0,
		"send this as the call's timeout_nano while the client itself waits for -timeout; shows the server's own answer to a deadline")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), usage)
		flag.PrintDefaults()
	}
	flag.Parse()

	chosen, known := commands[flag.Arg(0)]
	given := flag.NArg() - 1
	if *socket == "" || !known || given < chosen.arguments || (given > chosen.arguments && !chosen.more) {
		flag.Usage()
		os.Exit(2)
	}
	os.Exit(run(*socket, *timeout, *wireTimeout, chosen, flag.Args()))
}

func run(socket string, timeout, wireTimeout time.Duration, chosen command, arguments []string) int {
	conn, err := net.DialTimeout("unix", socket, timeout)
	if err != nil {
		printLine(transportFailure(arguments[0], err))
		return 1
	}
	client := ttrpc.NewClient(conn, ttrpc.WithUnaryClientInterceptor(intercept))
	defer client.Close()

	s := &session{client: client, timeout: timeout, wireTimeout: wireTimeout}
	line, fine, err := chosen.run(s, arguments[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "ttrpc-client:", err)
		return 2
	}
	printLine(line)
	if !fine {
		return 1
	}
	return 0
}

func printLine(line any) {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(line)
}

// splitRoute cuts at the last dot: the service before it, the method after.
func splitRoute(route string) (service, method string) {
	dot := strings.LastIndexByte(route, '.')
	if dot < 0 {
		return "", route
	}
	return route[:dot], route[dot+1:]
}

func hexArgument(text string) ([]byte, error) {
	data, err := hex.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	return data, nil
}

func countArgument(name, text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s must be a positive number, not %q", name, text)
	}
	return n, nil
}
