/**
 * Spring's RSocket over a Unix domain socket.
 */
@NullMarked
package io.github.udsboot.benchmark.peer.rsocket;

import org.jspecify.annotations.NullMarked;
