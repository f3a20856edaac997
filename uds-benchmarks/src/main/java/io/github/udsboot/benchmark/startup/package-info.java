/**
 * An application whose start is measured, with and without the starter.
 */
@NullMarked
package io.github.udsboot.benchmark.startup;

import org.jspecify.annotations.NullMarked;
