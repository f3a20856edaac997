package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/udsboot/uds-spring-boot/interop/go/internal/interop"
)

type streamLine struct {
	outcome

	// Items is how many came before the end.
	Items int64 `json:"items"`

	// Ordered is whether each number was one more than the one before.
	Ordered bool `json:"ordered"`

	// Words are the items that are text.
	Words []string `json:"words"`
}

// streamOutcome tells what ended a stream. The end itself is a success.
func streamOutcome(op string, err error) outcome {
	if err == nil || errors.Is(err, io.EOF) {
		return newOutcome(op, codes.OK, "", true)
	}
	if st, ok := status.FromError(err); ok {
		return newOutcome(op, st.Code(), st.Message(), true)
	}
	return transportFailure(op, err)
}

func (s *session) context() (context.Context, context.CancelFunc) {
	if s.timeout == 0 {
		return context.WithCancel(context.Background())
	}
	return context.WithTimeout(context.Background(), s.timeout)
}

func streamRange(s *session, arguments []string) (any, bool, error) {
	return receive(s, "stream-range", "Range", arguments[0])
}

func streamFail(s *session, arguments []string) (any, bool, error) {
	return receive(s, "stream-fail", "FailAfter", arguments[0])
}

func receive(s *session, op, method, argument string) (any, bool, error) {
	count, err := strconv.ParseInt(argument, 10, 64)
	if err != nil {
		return nil, false, fmt.Errorf("count: %w", err)
	}
	ctx, cancel := s.context()
	defer cancel()
	line := streamLine{Ordered: true, Words: []string{}}
	stream, err := s.client.NewStream(ctx, &ttrpc.StreamDesc{StreamingServer: true}, interop.StreamsName, method,
		wrapperspb.Int64(count))
	for err == nil {
		var number wrapperspb.Int64Value
		if err = stream.RecvMsg(&number); err == nil {
			line.Ordered = line.Ordered && number.GetValue() == line.Items
			line.Items++
		}
	}
	line.outcome = streamOutcome(op, err)
	return line, line.fine() && line.Ordered, nil
}

type sumLine struct {
	outcome
	Sum int64 `json:"sum"`
}

func streamSum(s *session, arguments []string) (any, bool, error) {
	count, err := strconv.ParseInt(arguments[0], 10, 64)
	if err != nil {
		return nil, false, fmt.Errorf("count: %w", err)
	}
	ctx, cancel := s.context()
	defer cancel()
	stream, err := s.client.NewStream(ctx, &ttrpc.StreamDesc{StreamingClient: true}, interop.StreamsName, "Sum", nil)
	for number := int64(0); err == nil && number < count; number++ {
		err = stream.SendMsg(wrapperspb.Int64(number))
	}
	if err == nil {
		err = stream.CloseSend()
	}
	var total wrapperspb.Int64Value
	if err == nil {
		err = stream.RecvMsg(&total)
	}
	line := sumLine{streamOutcome("stream-sum", err), total.GetValue()}
	return line, line.fine(), nil
}

// streamUpper sends a word, waits for its answer, and goes on.
func streamUpper(s *session, arguments []string) (any, bool, error) {
	ctx, cancel := s.context()
	defer cancel()
	line := streamLine{Ordered: true, Words: []string{}}
	stream, err := s.client.NewStream(ctx, &ttrpc.StreamDesc{StreamingClient: true, StreamingServer: true},
		interop.StreamsName, "Upper", nil)
	for i := 0; err == nil && i < len(arguments); i++ {
		var word wrapperspb.StringValue
		if err = stream.SendMsg(wrapperspb.String(arguments[i])); err == nil {
			err = stream.RecvMsg(&word)
		}
		if err == nil {
			line.Words = append(line.Words, word.GetValue())
			line.Items++
		}
	}
	if err == nil {
		err = stream.CloseSend()
	}
	if err == nil {
		err = stream.RecvMsg(&wrapperspb.StringValue{})
	}
	line.outcome = streamOutcome("stream-upper", err)
	return line, line.fine(), nil
}
