/**
 * Types that every part of the runtime shares.
 */
@NullMarked
package io.github.udsboot;

import org.jspecify.annotations.NullMarked;
