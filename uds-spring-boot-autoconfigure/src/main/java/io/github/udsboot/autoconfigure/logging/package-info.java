/**
 * Auto-configuration for the logging context of handlers.
 */
@NullMarked
package io.github.udsboot.autoconfigure.logging;

import org.jspecify.annotations.NullMarked;
