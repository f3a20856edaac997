package main

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
)

// outcome is the head of every result line.
type outcome struct {
	Op      string `json:"op"`
	Code    string `json:"code"`
	Number  int    `json:"number"`
	Message string `json:"message"`

	// Where the status came from: "remote" if in the server's answer, "local"
	// if this client made it.
	Where string `json:"where"`

	// Transport is true when no status ended the call but the connection or
	// the protocol failed.
	Transport bool `json:"transport,omitempty"`

	Details []detail `json:"details,omitempty"`
}

// detail is one of a status, as its Details has it: decoded, and here encoded
// again.
type detail struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

func detailsOf(st *status.Status) []detail {
	var details []detail
	for _, each := range st.Details() {
		switch decoded := each.(type) {
		case proto.Message:
			value, err := proto.Marshal(decoded)
			if err != nil {
				panic(err) // it has just been decoded
			}
			details = append(details, detail{string(proto.MessageName(decoded)), hex.EncodeToString(value)})
		case error:
			details = append(details, detail{"", decoded.Error()})
		}
	}
	return details
}

func (o outcome) ok() bool   { return o.Code == codes.OK.String() }
func (o outcome) fine() bool { return !o.Transport }

func newOutcome(op string, code codes.Code, message string, answered bool) outcome {
	where := "local"
	if answered {
		where = "remote"
	}
	return outcome{Op: op, Code: code.String(), Number: int(code), Message: message, Where: where}
}

func transportFailure(op string, err error) outcome {
	failure := newOutcome(op, codes.Unavailable, err.Error(), false)
	failure.Transport = true
	return failure
}

// exchange is what the interceptor needs to know of one call, and tells of it.
type exchange struct {
	wireTimeout time.Duration
	rawRequest  []byte
	raw         bool

	rawReply []byte
	answered bool
}

type exchangeKey struct{}

// intercept sees the envelopes of a call. With it a call can carry payload
// bytes that are no protobuf message, and a deadline that only the server minds.
func intercept(ctx context.Context, request *ttrpc.Request, response *ttrpc.Response, _ *ttrpc.UnaryClientInfo, next ttrpc.Invoker) error {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	if x == nil {
		return next(ctx, request, response)
	}
	if x.raw {
		request.Payload = x.rawRequest
	}
	if x.wireTimeout != 0 {
		request.TimeoutNano = x.wireTimeout.Nanoseconds()
	}
	if err := next(ctx, request, response); err != nil {
		return err
	}
	x.answered = true
	if x.raw {
		x.rawReply, response.Payload = response.Payload, nil
	}
	return nil
}

// invoke makes one call with typed messages.
func (s *session) invoke(ctx context.Context, op, service, method string, request, reply proto.Message) outcome {
	return s.do(ctx, &exchange{}, op, service, method, request, reply)
}

// invokeRaw makes one call with payload bytes of any kind.
func (s *session) invokeRaw(op, service, method string, payload []byte) ([]byte, outcome) {
	x := &exchange{raw: true, rawRequest: payload}
	result := s.do(context.Background(), x, op, service, method, &emptypb.Empty{}, &emptypb.Empty{})
	return x.rawReply, result
}

func (s *session) do(ctx context.Context, x *exchange, op, service, method string, request, reply proto.Message) outcome {
	x.wireTimeout = s.wireTimeout
	ctx = context.WithValue(ctx, exchangeKey{}, x)
	if s.timeout > 0 {
		bounded, cancel := context.WithTimeout(ctx, s.timeout)
		defer cancel()
		ctx = bounded
	}

	err := s.client.Call(ctx, service, method, request, reply)
	if err == nil {
		return newOutcome(op, codes.OK, "", x.answered)
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		st := status.FromContextError(err)
		return newOutcome(op, st.Code(), st.Message(), false)
	}
	var oversized *ttrpc.OversizedMessageErr
	if errors.As(err, &oversized) {
		err = oversized.Unwrap() // the bare status, for its bare message
	}
	if st, ok := status.FromError(err); ok {
		result := newOutcome(op, st.Code(), st.Message(), x.answered)
		result.Details = detailsOf(st)
		return result
	}
	return transportFailure(op, err)
}
