/**
 * Internal. What the configurations of listeners and of clients have in common: names,
 * values, and which sockets are wanted.
 */
@NullMarked
package io.github.udsboot.autoconfigure.socket;

import org.jspecify.annotations.NullMarked;
