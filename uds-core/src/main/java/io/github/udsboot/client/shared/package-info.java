/**
 * Connections that all calls of a client share, and the threads that read and write them.
 * Internal.
 */
@NullMarked
package io.github.udsboot.client.shared;

import org.jspecify.annotations.NullMarked;
