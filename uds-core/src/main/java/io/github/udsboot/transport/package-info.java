/**
 * Bytes over Unix domain sockets, and the socket file; independent of frames.
 */
@NullMarked
package io.github.udsboot.transport;

import org.jspecify.annotations.NullMarked;
