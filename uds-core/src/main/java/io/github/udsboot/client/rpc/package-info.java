/**
 * Calls and streams with routes, as a client makes them. Internal.
 */
@NullMarked
package io.github.udsboot.client.rpc;

import org.jspecify.annotations.NullMarked;
