/**
 * Typed clients: interfaces with {@code @UdsExchange} methods and what implements them.
 */
@NullMarked
package io.github.udsboot.client.service;

import org.jspecify.annotations.NullMarked;
