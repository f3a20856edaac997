/**
 * Streams of items within a call, as both sides send and receive them; knows nothing of
 * sockets and frames.
 */
@NullMarked
package io.github.udsboot.stream;

import org.jspecify.annotations.NullMarked;
