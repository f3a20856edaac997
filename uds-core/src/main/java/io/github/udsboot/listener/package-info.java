/**
 * The server side: a container that accepts connections and dispatches requests.
 */
@NullMarked
package io.github.udsboot.listener;

import org.jspecify.annotations.NullMarked;
