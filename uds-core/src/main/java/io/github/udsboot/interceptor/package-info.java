/**
 * What an application puts around calls, on either side.
 */
@NullMarked
package io.github.udsboot.interceptor;

import org.jspecify.annotations.NullMarked;
