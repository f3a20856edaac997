/**
 * How calls are recorded.
 */
@NullMarked
package io.github.udsboot.observation;

