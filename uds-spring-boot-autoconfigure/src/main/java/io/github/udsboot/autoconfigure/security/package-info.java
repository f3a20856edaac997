/**
 * Auto-configuration for Spring Security around the handlers of listeners.
 */
@NullMarked
package io.github.udsboot.autoconfigure.security;

import org.jspecify.annotations.NullMarked;
