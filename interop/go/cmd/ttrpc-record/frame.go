package main

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
)

// The header of a frame, as ttrpc's PROTOCOL.md lays it out, big endian:
//
//	0        4           8      9      10
//	| length | stream id | type | flags | data...
const (
	headerLength = 10
	maxData      = 4 << 20

	typeRequest  = 1
	typeResponse = 2
	typeData     = 3
)

type frame struct {
	stream uint32
	kind   byte
	flags  byte
	data   []byte
}

func (f frame) bytes() []byte {
	b := make([]byte, 0, headerLength+len(f.data))
	b = binary.BigEndian.AppendUint32(b, uint32(len(f.data)))
	b = binary.BigEndian.AppendUint32(b, f.stream)
	b = append(b, f.kind, f.flags)
	return append(b, f.data...)
}

// cutFrame takes the first whole frame off the bytes, if there is one.
func cutFrame(b []byte) (f frame, rest []byte, whole bool) {
	if len(b) < headerLength {
		return frame{}, b, false
	}
	end := headerLength + int(binary.BigEndian.Uint32(b))
	if len(b) < end {
		return frame{}, b, false
	}
	f = frame{stream: binary.BigEndian.Uint32(b[4:]), kind: b[8], flags: b[9], data: b[headerLength:end:end]}
	return f, b[end:], true
}

// hex spells the frame; long data that is all zeros is shortened to "+N*00".
func (f frame) hex() string {
	if len(f.data) <= maxData {
		return fmt.Sprintf("%x", f.bytes())
	}
	for _, b := range f.data {
		if b != 0 {
			return fmt.Sprintf("%x", f.bytes())
		}
	}
	return fmt.Sprintf("%x+%d*00", f.bytes()[:headerLength], len(f.data))
}

// describe says in words what an answer is.
func (f frame) describe() string {
	if f.kind != typeResponse {
		return fmt.Sprintf("type %d, flags %d, %d bytes on stream %d", f.kind, f.flags, len(f.data), f.stream)
	}
	var response ttrpc.Response
	if err := proto.Unmarshal(f.data, &response); err != nil {
		return fmt.Sprintf("a response that cannot be read on stream %d", f.stream)
	}
	if response.GetStatus() == nil {
		return fmt.Sprintf("success on stream %d", f.stream)
	}
	code := codes.Code(response.GetStatus().GetCode())
	return fmt.Sprintf("%d %s %s on stream %d", code, code, quote(response.GetStatus().GetMessage()), f.stream)
}

// quote shows the no-break space that Go's protobuf puts into some messages.
func quote(text string) string {
	return strconv.QuoteToASCII(text)
}
