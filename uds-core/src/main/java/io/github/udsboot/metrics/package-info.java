/**
 * Micrometer meters over the runtime.
 */
@NullMarked
package io.github.udsboot.metrics;

import org.jspecify.annotations.NullMarked;
