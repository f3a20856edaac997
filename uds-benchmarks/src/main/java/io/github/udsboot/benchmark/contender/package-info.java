/**
 * The contenders, and their processes.
 */
@NullMarked
package io.github.udsboot.benchmark.contender;

import org.jspecify.annotations.NullMarked;
