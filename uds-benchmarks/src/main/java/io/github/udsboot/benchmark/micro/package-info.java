/**
 * The parts of a call, without a socket: JMH benchmarks.
 */
@NullMarked
package io.github.udsboot.benchmark.micro;

import org.jspecify.annotations.NullMarked;
