/**
 * Ours.
 */
@NullMarked
package io.github.udsboot.benchmark.peer.uds;

import org.jspecify.annotations.NullMarked;
