/**
 * The transport over junixsocket. Internal.
 */
@NullMarked
package io.github.udsboot.transport.junixsocket;

import org.jspecify.annotations.NullMarked;
