/**
 * Routes: how they are written, which handler is found for one, and what is wrong with
 * them. For applications is {@link io.github.udsboot.handler.route.UdsHandlerEndpoint}.
 */
@NullMarked
package io.github.udsboot.handler.route;

import org.jspecify.annotations.NullMarked;
