// Echoes over AF_UNIX in Go: over the raw net package, and with net/rpc.
//
//	echo raw|rpc server <path>
//	echo raw|rpc client <path> payload=64 callers=1 warmup=500 time=1000
package main

import (
	"fmt"
	"net"
	"os"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: echo raw|rpc server|client <path> [key=value ...]")
		os.Exit(2)
	}
	if err := run(os.Args[1] == "rpc", os.Args[2] == "server", os.Args[3], os.Args[4:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(rpc, server bool, path string, words []string) error {
	if server {
		listener, err := net.Listen("unix", path)
		if err != nil {
			return err
		}
		fmt.Println("ready", path)
		if rpc {
			return serveRPC(listener)
		}
		return serveRaw(listener)
	}
	l, err := parseLoad(words)
	if err != nil {
		return err
	}
	if rpc {
		return callRPC(path, l)
	}
	return callRaw(path, l)
}
