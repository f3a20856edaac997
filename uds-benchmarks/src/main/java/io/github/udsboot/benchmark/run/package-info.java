/**
 * Starts the contenders' processes, and has them measured in alternating rounds.
 */
@NullMarked
package io.github.udsboot.benchmark.run;

import org.jspecify.annotations.NullMarked;
