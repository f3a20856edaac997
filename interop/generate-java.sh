#!/bin/sh
# Regenerates the Java classes of go/proto/interop.proto, which are test sources
# of uds-core. Maven downloads protoc; the classes fit the protobuf-java of the
# same version and later ones.
set -eu
cd "$(dirname "$0")/.."
version=4.35.1 # protobuf-java.version of spring-boot-dependencies

case $(uname -s) in Darwin) os=osx ;; *) os=linux ;; esac
case $(uname -m) in arm64 | aarch64) cpu=aarch_64 ;; *) cpu=x86_64 ;; esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

./mvnw -B -ntp -N org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
  -Dartifact="com.google.protobuf:protoc:$version:exe:$os-$cpu" -DoutputDirectory="$scratch"
chmod +x "$scratch"/protoc-*.exe
rm -f uds-core/src/test/generated/io/github/udsboot/interop/v1/*.java
"$scratch"/protoc-*.exe --proto_path=interop/go/proto --java_out=uds-core/src/test/generated interop.proto
