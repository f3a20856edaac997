/**
 * The transport over junixsocket.
 */
@NullMarked
package io.github.udsboot.transport.junixsocket;

import org.jspecify.annotations.NullMarked;
