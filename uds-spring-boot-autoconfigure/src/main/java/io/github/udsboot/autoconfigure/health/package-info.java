/**
 * Auto-configuration for the health of Unix domain sockets.
 */
@NullMarked
package io.github.udsboot.autoconfigure.health;

import org.jspecify.annotations.NullMarked;
