// Package interop implements the service udsboot.interop.v1.Interop on ttrpc.
package interop

import (
	"context"
	"time"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	interopv1 "github.com/udsboot/uds-spring-boot/interop/go/proto"
)

// ServiceName is the service part of every route here.
const ServiceName = "udsboot.interop.v1.Interop"

// DetailsServiceName is the service part of the route that fails with details.
// It has the messages of the other one and so no place of its own in the
// .proto file.
const DetailsServiceName = "udsboot.interop.v1.Details"

// highestCode is the last of gRPC's status codes, UNAUTHENTICATED.
const highestCode = int32(codes.Unauthenticated)

// NewServer returns a ttrpc server that has the services registered.
func NewServer() (*ttrpc.Server, error) {
	server, err := ttrpc.NewServer()
	if err != nil {
		return nil, err
	}
	server.RegisterService(ServiceName, &ttrpc.ServiceDesc{
		Methods: map[string]ttrpc.Method{
			"Greet":    unary(greet),
			"Echo":     unary(echo),
			"Identity": unary(echo),
			"Fail":     unary(fail),
			"Sleep":    unary(sleep),
			"Metadata": unary(metadata),
		},
	})
	server.RegisterService(StreamsName, streams())
	server.RegisterService(DetailsServiceName, &ttrpc.ServiceDesc{
		Methods: map[string]ttrpc.Method{
			"Fail": unary(failWithDetails),
		},
	})
	return server, nil
}

// message is what a pointer to a generated message type T offers.
type message[T any] interface {
	*T
	proto.Message
}

// unary adapts a typed handler to ttrpc's untyped one.
func unary[T any, Q message[T], A proto.Message](handle func(context.Context, Q) (A, error)) ttrpc.Method {
	return func(ctx context.Context, unmarshal func(any) error) (any, error) {
		request := Q(new(T))
		if err := unmarshal(request); err != nil {
			return nil, err
		}
		answer, err := handle(ctx, request)
		if err != nil {
			return nil, err
		}
		return answer, nil
	}
}

func greet(_ context.Context, request *interopv1.GreetRequest) (*interopv1.GreetReply, error) {
	return &interopv1.GreetReply{Message: "Hello, " + request.GetName() + "!"}, nil
}

func echo(_ context.Context, request *interopv1.EchoMessage) (*interopv1.EchoMessage, error) {
	return request, nil
}

func fail(_ context.Context, request *interopv1.FailRequest) (*interopv1.Empty, error) {
	code := request.GetCode()
	if code < 0 || code > highestCode {
		return nil, status.Errorf(codes.InvalidArgument, "%d is no gRPC code", code)
	}
	return &interopv1.Empty{}, status.Error(codes.Code(code), request.GetMessage())
}

// failWithDetails fails as fail does, with two details: the request, and a
// greeting for the caller.
func failWithDetails(_ context.Context, request *interopv1.FailRequest) (*interopv1.Empty, error) {
	failure, err := status.New(codes.Code(request.GetCode()), request.GetMessage()).
		WithDetails(request, &interopv1.GreetReply{Message: "details"})
	if err != nil {
		return nil, err
	}
	return nil, failure.Err()
}

func sleep(ctx context.Context, request *interopv1.SleepRequest) (*interopv1.Empty, error) {
	timer := time.NewTimer(time.Duration(request.GetMillis()) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return &interopv1.Empty{}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func metadata(ctx context.Context, request *interopv1.MetadataRequest) (*interopv1.MetadataReply, error) {
	sent, _ := ttrpc.GetMetadata(ctx)
	values, _ := sent.Get(request.GetKey())
	return &interopv1.MetadataReply{Values: values}, nil
}
