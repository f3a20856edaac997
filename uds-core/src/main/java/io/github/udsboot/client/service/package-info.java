/**
 * Typed clients: interfaces with {@code @UdsExchange} methods and their implementation.
 */
@NullMarked
package io.github.udsboot.client.service;

import org.jspecify.annotations.NullMarked;
