/**
 * Frames, and what reads and writes them; knows nothing of sockets.
 */
@NullMarked
package io.github.udsboot.protocol;

import org.jspecify.annotations.NullMarked;
