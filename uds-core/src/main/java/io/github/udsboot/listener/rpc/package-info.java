/**
 * Calls and streams with routes, as a listener serves them. Internal.
 */
@NullMarked
package io.github.udsboot.listener.rpc;

import org.jspecify.annotations.NullMarked;
