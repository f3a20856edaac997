package interop

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// StreamsName is the service part of the routes of streams.
const StreamsName = "udsboot.interop.v1.Streams"

// streams describes the service by hand, as NewServer does the unary one:
//
//	rpc Range(google.protobuf.Int64Value) returns (stream google.protobuf.Int64Value);
//	rpc FailAfter(google.protobuf.Int64Value) returns (stream google.protobuf.Int64Value);
//	rpc Sum(stream google.protobuf.Int64Value) returns (google.protobuf.Int64Value);
//	rpc Upper(stream google.protobuf.StringValue) returns (stream google.protobuf.StringValue);
func streams() *ttrpc.ServiceDesc {
	return &ttrpc.ServiceDesc{
		Streams: map[string]ttrpc.Stream{
			"Range":     {Handler: numbers, StreamingServer: true},
			"FailAfter": {Handler: failAfter, StreamingServer: true},
			"Sum":       {Handler: sum, StreamingClient: true},
			"Upper":     {Handler: upper, StreamingClient: true, StreamingServer: true},
		},
	}
}

func numbers(_ context.Context, stream ttrpc.StreamServer) (any, error) {
	var count wrapperspb.Int64Value
	if err := stream.RecvMsg(&count); err != nil {
		return nil, err
	}
	return nil, send(stream, count.GetValue())
}

func failAfter(_ context.Context, stream ttrpc.StreamServer) (any, error) {
	var count wrapperspb.Int64Value
	if err := stream.RecvMsg(&count); err != nil {
		return nil, err
	}
	if err := send(stream, count.GetValue()); err != nil {
		return nil, err
	}
	return nil, status.Errorf(codes.OutOfRange, "only %d", count.GetValue())
}

func send(stream ttrpc.StreamServer, count int64) error {
	for number := int64(0); number < count; number++ {
		if err := stream.SendMsg(wrapperspb.Int64(number)); err != nil {
			return err
		}
	}
	return nil
}

func sum(_ context.Context, stream ttrpc.StreamServer) (any, error) {
	var total int64
	for {
		var number wrapperspb.Int64Value
		err := stream.RecvMsg(&number)
		if errors.Is(err, io.EOF) {
			return wrapperspb.Int64(total), nil
		}
		if err != nil {
			return nil, err
		}
		total += number.GetValue()
	}
}

func upper(_ context.Context, stream ttrpc.StreamServer) (any, error) {
	for {
		var word wrapperspb.StringValue
		err := stream.RecvMsg(&word)
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if err := stream.SendMsg(wrapperspb.String(strings.ToUpper(word.GetValue()))); err != nil {
			return nil, err
		}
	}
}
