/**
 * How a client reaches its server: back-off, waiting for the server, and connections
 * dedicated to one call. {@link io.github.udsboot.client.connection.UdsConnectionFactory}
 * and {@link io.github.udsboot.client.connection.UdsClientStats} are for applications;
 * the rest is internal.
 */
@NullMarked
package io.github.udsboot.client.connection;

import org.jspecify.annotations.NullMarked;
