/**
 * How a client reaches its server: back-off, waiting for the server, and connections that
 * one call has for itself. For applications are
 * {@link io.github.udsboot.client.connection.UdsConnectionFactory} and
 * {@link io.github.udsboot.client.connection.UdsClientStats}; the rest is internal.
 */
@NullMarked
package io.github.udsboot.client.connection;

import org.jspecify.annotations.NullMarked;
