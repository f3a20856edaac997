/**
 * The annotations that a user writes.
 */
@NullMarked
package io.github.udsboot.annotation;

import org.jspecify.annotations.NullMarked;
