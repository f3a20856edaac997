/**
 * What a route leads to: requests, replies and the interface of a handler.
 */
@NullMarked
package io.github.udsboot.handler;

import org.jspecify.annotations.NullMarked;
