/**
 * Interceptors, with which an application wraps calls on either side.
 */
@NullMarked
package io.github.udsboot.interceptor;

import org.jspecify.annotations.NullMarked;
