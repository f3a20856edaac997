/**
 * A sample application that serves and calls Unix domain sockets.
 */
@NullMarked
package io.github.udsboot.sample;

import org.jspecify.annotations.NullMarked;
