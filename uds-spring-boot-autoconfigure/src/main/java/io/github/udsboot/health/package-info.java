/**
 * Health of Unix domain sockets.
 */
@NullMarked
package io.github.udsboot.health;

import org.jspecify.annotations.NullMarked;
