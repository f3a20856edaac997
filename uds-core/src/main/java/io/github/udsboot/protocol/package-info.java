/**
 * Frames, and their readers and writers; independent of sockets.
 */
@NullMarked
package io.github.udsboot.protocol;

import org.jspecify.annotations.NullMarked;
