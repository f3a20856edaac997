/**
 * Which peers may call.
 */
@NullMarked
package io.github.udsboot.security;

import org.jspecify.annotations.NullMarked;
