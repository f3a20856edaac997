// Package interopv1 holds the messages of interop.proto.
package interopv1

//go:generate ../generate.sh
