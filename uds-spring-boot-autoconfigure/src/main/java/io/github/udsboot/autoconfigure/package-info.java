/**
 * Auto-configuration for Unix domain sockets.
 */
@NullMarked
package io.github.udsboot.autoconfigure;

import org.jspecify.annotations.NullMarked;
