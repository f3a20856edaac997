/**
 * Spring Boot's gRPC over a Unix domain socket.
 */
@NullMarked
package io.github.udsboot.benchmark.peer.grpc;

import org.jspecify.annotations.NullMarked;
