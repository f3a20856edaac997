/**
 * Types that every other package may use: the status vocabulary, the exceptions and the
 * peer's credentials.
 */
@NullMarked
package io.github.udsboot;

import org.jspecify.annotations.NullMarked;
