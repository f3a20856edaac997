/**
 * The technologies that are measured: each can serve an echo, and call it.
 */
@NullMarked
package io.github.udsboot.benchmark.peer;

import org.jspecify.annotations.NullMarked;
