/**
 * The client's and the server's process.
 */
@NullMarked
package io.github.udsboot.benchmark.worker;

import org.jspecify.annotations.NullMarked;
