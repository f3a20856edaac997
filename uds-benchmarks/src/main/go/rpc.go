package main

import (
	"errors"
	"net"
	"net/rpc"
)

// Echo is the service of net/rpc.
type Echo struct{}

// Call returns what it is given.
func (Echo) Call(request *[]byte, answer *[]byte) error {
	*answer = *request
	return nil
}

func serveRPC(listener net.Listener) error {
	server := rpc.NewServer()
	if err := server.Register(Echo{}); err != nil {
		return err
	}
	server.Accept(listener)
	return nil
}

// callRPC shares rpc.Clients among the callers; two, as ours does, unless the load says how many.
func callRPC(path string, l load) error {
	if l.connections == 0 {
		l.connections = min(2, l.callers)
	}
	clients := make([]*rpc.Client, l.connections)
	for i := range clients {
		client, err := rpc.Dial("unix", path)
		if err != nil {
			return err
		}
		clients[i] = client
	}
	return l.run(func(index int) func() error {
		client := clients[index%len(clients)]
		request := make([]byte, l.payload)
		return func() error {
			var answer []byte
			if err := client.Call("Echo.Call", &request, &answer); err != nil {
				return err
			}
			if len(answer) != len(request) {
				return errors.New("another length came back than was sent")
			}
			return nil
		}
	})
}
