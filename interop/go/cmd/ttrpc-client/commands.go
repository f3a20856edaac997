package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/containerd/ttrpc"

	"github.com/udsboot/uds-spring-boot/interop/go/internal/interop"
	interopv1 "github.com/udsboot/uds-spring-boot/interop/go/proto"
)

const maxData = 4 << 20 // ttrpc's limit for the data of one frame

type greetLine struct {
	outcome
	Reply string `json:"reply"`
}

func greet(s *session, arguments []string) (any, bool, error) {
	var reply interopv1.GreetReply
	result := s.invoke(context.Background(), "greet", interop.ServiceName, "Greet",
		&interopv1.GreetRequest{Name: arguments[0]}, &reply)
	return greetLine{result, reply.GetMessage()}, result.fine(), nil
}

type echoLine struct {
	outcome
	Data string `json:"data"`
	Same bool   `json:"same"`
}

func echo(s *session, arguments []string) (any, bool, error) {
	data, err := hexArgument(arguments[0])
	if err != nil {
		return nil, false, err
	}
	var reply interopv1.EchoMessage
	result := s.invoke(context.Background(), "echo", interop.ServiceName, "Echo",
		&interopv1.EchoMessage{Data: data}, &reply)
	same := result.ok() && bytes.Equal(reply.GetData(), data)
	return echoLine{result, hex.EncodeToString(reply.GetData()), same},
		result.fine() && (same || !result.ok()), nil
}

type callLine struct {
	outcome
	Payload string `json:"payload"`
}

func call(s *session, arguments []string) (any, bool, error) {
	payload, err := hexArgument(arguments[1])
	if err != nil {
		return nil, false, err
	}
	service, method := splitRoute(arguments[0])
	reply, result := s.invokeRaw("call", service, method, payload)
	return callLine{result, hex.EncodeToString(reply)}, result.fine(), nil
}

func fail(s *session, arguments []string) (any, bool, error) {
	return failOf(s, "fail", interop.ServiceName, arguments)
}

func failWithDetails(s *session, arguments []string) (any, bool, error) {
	return failOf(s, "fail-with-details", interop.DetailsServiceName, arguments)
}

func failOf(s *session, op, service string, arguments []string) (any, bool, error) {
	code, err := strconv.ParseInt(arguments[0], 10, 32)
	if err != nil {
		return nil, false, fmt.Errorf("code: %w", err)
	}
	result := s.invoke(context.Background(), op, service, "Fail",
		&interopv1.FailRequest{Code: int32(code), Message: arguments[1]}, &interopv1.Empty{})
	return result, result.fine(), nil
}

type sleepLine struct {
	outcome
	ElapsedMillis int64 `json:"elapsedMillis"`
}

func sleep(s *session, arguments []string) (any, bool, error) {
	millis, err := strconv.ParseInt(arguments[0], 10, 64)
	if err != nil {
		return nil, false, fmt.Errorf("millis: %w", err)
	}
	start := time.Now()
	result := s.invoke(context.Background(), "sleep", interop.ServiceName, "Sleep",
		&interopv1.SleepRequest{Millis: millis}, &interopv1.Empty{})
	return sleepLine{result, time.Since(start).Milliseconds()}, result.fine(), nil
}

type metadataLine struct {
	outcome
	Values []string `json:"values"`
}

func metadata(s *session, arguments []string) (any, bool, error) {
	md := ttrpc.MD{}
	md.Set(arguments[0], arguments[1:]...)
	var reply interopv1.MetadataReply
	result := s.invoke(ttrpc.WithMetadata(context.Background(), md), "metadata", interop.ServiceName, "Metadata",
		&interopv1.MetadataRequest{Key: arguments[0]}, &reply)
	values := reply.GetValues()
	if values == nil {
		values = []string{}
	}
	return metadataLine{result, values}, result.fine(), nil
}

func unknownMethod(s *session, _ []string) (any, bool, error) {
	result := s.invoke(context.Background(), "unknown-method", interop.ServiceName, "NoSuchMethod",
		&interopv1.Empty{}, &interopv1.Empty{})
	return result, result.fine(), nil
}

func unknownService(s *session, _ []string) (any, bool, error) {
	result := s.invoke(context.Background(), "unknown-service", "udsboot.interop.v1.NoSuchService", "Greet",
		&interopv1.Empty{}, &interopv1.Empty{})
	return result, result.fine(), nil
}

type oversizeLine struct {
	outcome

	// After is the code of a greeting made next on the same connection.
	After string `json:"after"`
}

func oversize(s *session, _ []string) (any, bool, error) {
	_, result := s.invokeRaw("oversize", interop.ServiceName, "Echo", make([]byte, maxData+1))
	after := s.invoke(context.Background(), "oversize", interop.ServiceName, "Greet",
		&interopv1.GreetRequest{Name: "after"}, &interopv1.GreetReply{})
	return oversizeLine{result, after.Code}, result.fine() && after.fine(), nil
}
