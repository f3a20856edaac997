/**
 * Payloads: which converter reads and writes them, for handlers and clients alike.
 */
@NullMarked
package io.github.udsboot.converter;

import org.jspecify.annotations.NullMarked;
