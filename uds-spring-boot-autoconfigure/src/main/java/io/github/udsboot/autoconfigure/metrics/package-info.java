/**
 * Auto-configuration for the metrics of Unix domain sockets.
 */
@NullMarked
package io.github.udsboot.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
