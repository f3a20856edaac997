/**
 * Auto-configuration for the observation of calls over Unix domain sockets.
 */
@NullMarked
package io.github.udsboot.autoconfigure.observation;

import org.jspecify.annotations.NullMarked;
