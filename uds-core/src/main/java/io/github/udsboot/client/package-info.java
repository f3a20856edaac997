/**
 * The client side: the template and its connections.
 */
@NullMarked
package io.github.udsboot.client;

import org.jspecify.annotations.NullMarked;
