/**
 * Auto-configuration for listeners on Unix domain sockets.
 */
@NullMarked
package io.github.udsboot.autoconfigure.listener;

import org.jspecify.annotations.NullMarked;
