/**
 * How calls are recorded and observed.
 */
@NullMarked
package io.github.udsboot.observation;

import org.jspecify.annotations.NullMarked;
