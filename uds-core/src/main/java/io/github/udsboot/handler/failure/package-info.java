/**
 * What a failed request is answered with, and what is logged of it.
 */
@NullMarked
package io.github.udsboot.handler.failure;

import org.jspecify.annotations.NullMarked;
