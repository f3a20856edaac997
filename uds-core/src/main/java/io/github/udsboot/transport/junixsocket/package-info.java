/**
 * The transport over junixsocket.
 */
@NullMarked
package io.github.udsboot.transport.junixsocket;

