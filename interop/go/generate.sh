#!/bin/sh
# Regenerates proto/interop.pb.go. Needs protoc on the PATH; protoc-gen-go is
# built from the google.golang.org/protobuf version that go.mod pins.
set -eu
cd "$(dirname "$0")"
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
go build -o "$bin/protoc-gen-go" google.golang.org/protobuf/cmd/protoc-gen-go
protoc --plugin=protoc-gen-go="$bin/protoc-gen-go" \
  --proto_path=proto --go_out=proto --go_opt=paths=source_relative interop.proto
