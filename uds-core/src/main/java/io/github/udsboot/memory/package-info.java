/**
 * How much memory one side may hold for its peers, and which of them holds it.
 * Independent of sockets, frames and calls. Internal.
 */
@NullMarked
package io.github.udsboot.memory;

import org.jspecify.annotations.NullMarked;
