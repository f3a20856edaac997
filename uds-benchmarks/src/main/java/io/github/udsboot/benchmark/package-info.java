/**
 * Measures ours beside the kernel and the peers.
 */
@NullMarked
package io.github.udsboot.benchmark;

import org.jspecify.annotations.NullMarked;
