package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/udsboot/uds-spring-boot/interop/go/internal/interop"
	interopv1 "github.com/udsboot/uds-spring-boot/interop/go/proto"
)

// silence is how long no answer has to stay away to count as none.
const silence = 500 * time.Millisecond

// probeStream is above every stream id that a case uses.
const probeStream = 101

func (r *recorder) record(socket string) error {
	for _, c := range realCases() {
		if err := r.realCase(socket, c); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	for _, c := range rawCases() {
		if err := r.rawCase(socket, c); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return nil
}

// realCase is a call, or some, that the real client makes.
type realCase struct {
	name, what string
	code       codes.Code
	call       func(context.Context, *ttrpc.Client) error
}

func realCases() []realCase {
	ada := &interopv1.GreetRequest{Name: "Ada"}
	greetAda := caller(interop.ServiceName, "Greet", ada, &interopv1.GreetReply{})
	return []realCase{
		{"greet", `Greet with the name "Ada"`, codes.OK, greetAda},
		{"echo-empty", "Echo with an empty message: neither envelope has a payload field", codes.OK,
			caller(interop.ServiceName, "Echo", &interopv1.EchoMessage{}, &interopv1.EchoMessage{})},
		{"echo-binary", "Echo with the bytes 00 01 7f 80 ff", codes.OK,
			caller(interop.ServiceName, "Echo", &interopv1.EchoMessage{Data: []byte{0, 1, 0x7f, 0x80, 0xff}}, &interopv1.EchoMessage{})},
		{"fail", `Fail with code 5 and "no such thing"`, codes.NotFound,
			caller(interop.ServiceName, "Fail", &interopv1.FailRequest{Code: 5, Message: "no such thing"}, &interopv1.Empty{})},
		{"unknown-method", "a method that the service does not have", codes.Unimplemented,
			caller(interop.ServiceName, "NoSuchMethod", ada, &interopv1.Empty{})},
		{"unknown-service", "a service that the server does not have", codes.Unimplemented,
			caller("udsboot.interop.v1.NoSuchService", "Greet", ada, &interopv1.Empty{})},
		{"metadata", "Metadata with two values for the key tenant", codes.OK,
			func(ctx context.Context, client *ttrpc.Client) error {
				ctx = ttrpc.WithMetadata(ctx, ttrpc.MD{"tenant": {"blue", "green"}})
				return client.Call(ctx, interop.ServiceName, "Metadata",
					&interopv1.MetadataRequest{Key: "tenant"}, &interopv1.MetadataReply{})
			}},
		{"deadline", "Greet with a deadline of 5 s", codes.OK,
			func(ctx context.Context, client *ttrpc.Client) error {
				ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
				defer cancel()
				return greetAda(ctx, client)
			}},
		{"three-calls", "three greetings on one connection", codes.OK,
			func(ctx context.Context, client *ttrpc.Client) error {
				for range 3 {
					if err := greetAda(ctx, client); err != nil {
						return err
					}
				}
				return nil
			}},
	}
}

func caller(service, method string, request, reply proto.Message) func(context.Context, *ttrpc.Client) error {
	return func(ctx context.Context, client *ttrpc.Client) error {
		return client.Call(ctx, service, method, request, reply)
	}
}

func (r *recorder) realCase(socket string, c realCase) error {
	t, err := dial(socket)
	if err != nil {
		return err
	}
	client := ttrpc.NewClient(t)
	defer client.Close()
	if err := c.call(context.Background(), client); status.Code(err) != c.code {
		return fmt.Errorf("expected %v, got: %w", c.code, err)
	}
	r.out.WriteByte('\n')
	r.comment("%s", c.what)
	r.lines(c.name, t.take())
	return nil
}

// rawCase is frames written by hand; nothing is expected of the answer.
type rawCase struct {
	name, what string
	setup      []frame
	frame      frame
}

func rawCases() []rawCase {
	greeting := func(stream uint32) frame { return frame{stream, typeRequest, 0, greetEnvelope()} }
	flagged := func(flags byte) frame { return frame{1, typeRequest, flags, greetEnvelope()} }
	return []rawCase{
		{"bad-even-stream-id", "a request on an even stream id", nil, greeting(2)},
		{"bad-zero-stream-id", "a request on stream id 0", nil, greeting(0)},
		{"bad-repeated-stream-id", "a request on the stream id of the one before", []frame{greeting(3)}, greeting(3)},
		{"bad-decreasing-stream-id", "a request on a lower stream id than the one before", []frame{greeting(5)}, greeting(3)},
		{"bad-unknown-type-odd", "type 0x10 on an odd stream id", nil, frame{1, 0x10, 0, []byte("abc")}},
		{"bad-unknown-type-even", "type 0x10 on an even stream id", nil, frame{2, 0x10, 0, []byte("abc")}},
		{"bad-type-zero-odd", "type 0 on an odd stream id", nil, frame{1, 0, 0, []byte("abc")}},
		{"bad-response-from-client", "a response sent by the client", nil, frame{1, typeResponse, 0, nil}},
		{"bad-data-unknown-stream", "data on a stream that was never opened", nil, frame{1, typeData, 0, []byte{0x0a, 1, 'x'}}},
		{"bad-malformed-envelope", "a request whose data is no protobuf message", nil, frame{1, typeRequest, 0, []byte{0xff, 0xff, 0xff}}},
		{"bad-malformed-payload", "a request whose payload is no protobuf message", nil,
			frame{1, typeRequest, 0, envelope(&ttrpc.Request{Service: interop.ServiceName, Method: "Greet", Payload: []byte{0xff}})}},
		{"bad-oversize", "a request whose data is one byte over 4 MiB", nil, frame{1, typeRequest, 0, make([]byte, maxData+1)}},
		{"bad-zero-length", "a request without data: service and method are empty", nil, frame{1, typeRequest, 0, nil}},
		{"raw-unary-flags-1", "a request to a unary method with flag 1, remote closed", nil, flagged(1)},
		{"raw-unary-flags-2", "a request to a unary method with flag 2, remote open", nil, flagged(2)},
		{"raw-deadline-exceeded", "Sleep for 5 s with a timeout_nano of 20 ms", nil, sleepFrame(20 * time.Millisecond)},
		{"raw-deadline-negative", "Sleep for 5 s with a timeout_nano of -1", nil, sleepFrame(-1)},
	}
}

func greetEnvelope() []byte {
	return envelope(&ttrpc.Request{Service: interop.ServiceName, Method: "Greet",
		Payload: mustMarshal(&interopv1.GreetRequest{Name: "Ada"})})
}

func sleepFrame(timeout time.Duration) frame {
	return frame{1, typeRequest, 0, envelope(&ttrpc.Request{Service: interop.ServiceName, Method: "Sleep",
		Payload: mustMarshal(&interopv1.SleepRequest{Millis: 5000}), TimeoutNano: timeout.Nanoseconds()})}
}

func envelope(request *ttrpc.Request) []byte { return mustMarshal(request) }

func mustMarshal(m proto.Message) []byte {
	b, err := proto.Marshal(m)
	if err != nil {
		panic(err) // only constants are marshalled here
	}
	return b
}

func (r *recorder) rawCase(socket string, c rawCase) error {
	t, err := dial(socket)
	if err != nil {
		return err
	}
	defer t.Close()

	for _, f := range c.setup {
		if _, err := exchange(t, f); err != nil {
			return err
		}
	}
	setup := t.take()
	answer, err := exchange(t, c.frame)
	if err != nil {
		return err
	}
	taken := t.take()
	after, err := exchange(t, frame{probeStream, typeRequest, 0, greetEnvelope()})
	if err != nil {
		return err
	}
	probe := t.take()

	r.out.WriteByte('\n')
	r.comment("%s", c.what)
	r.comment("answer: %s; afterwards: %s", answer, after)
	r.lines(c.name+".setup", setup)
	r.lines(c.name, taken)
	r.lines(c.name+".probe", probe)
	return nil
}

// exchange writes a frame, waits for one frame, and says what came.
func exchange(t *tap, f frame) (string, error) {
	if err := t.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return "", err
	}
	if _, err := t.Write(f.bytes()); err != nil {
		return "connection closed", nil
	}
	if err := t.SetReadDeadline(time.Now().Add(silence)); err != nil {
		return "", err
	}
	var received []byte
	buffer := make([]byte, 4096)
	for {
		n, err := t.Read(buffer)
		received = append(received, buffer[:n]...)
		if answer, rest, whole := cutFrame(received); whole {
			if len(rest) > 0 {
				return "", fmt.Errorf("%d bytes more than one answer", len(rest))
			}
			return answer.describe(), nil
		}
		if timeout, ok := err.(net.Error); ok && timeout.Timeout() && len(received) == 0 {
			return fmt.Sprintf("none within %v", silence), nil
		}
		if err != nil {
			return "connection closed", nil
		}
	}
}

func dial(socket string) (*tap, error) {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return nil, err
	}
	return &tap{Conn: conn}, nil
}
