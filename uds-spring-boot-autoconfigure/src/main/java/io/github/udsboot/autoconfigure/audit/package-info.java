/**
 * Auto-configuration of the audit of refused connections.
 */
@NullMarked
package io.github.udsboot.autoconfigure.audit;

import org.jspecify.annotations.NullMarked;
