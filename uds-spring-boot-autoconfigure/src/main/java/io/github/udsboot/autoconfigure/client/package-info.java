/**
 * Auto-configuration for clients of Unix domain sockets.
 */
@NullMarked
package io.github.udsboot.autoconfigure.client;

import org.jspecify.annotations.NullMarked;
