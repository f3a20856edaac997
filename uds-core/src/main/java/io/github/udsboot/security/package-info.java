/**
 * Which peers may call.
 */
@NullMarked
package io.github.udsboot.security;

