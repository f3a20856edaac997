/**
 * How calls are recorded.
 */
@NullMarked
package io.github.udsboot.observation;

import org.jspecify.annotations.NullMarked;
