/**
 * Micrometer meters of clients and listeners.
 */
@NullMarked
package io.github.udsboot.metrics;

import org.jspecify.annotations.NullMarked;
