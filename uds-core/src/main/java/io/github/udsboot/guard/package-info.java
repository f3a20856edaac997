/**
 * Guards against application code: nothing that a logger or a listener of the application
 * throws may cost a thread, a count or an outcome. Internal.
 */
@NullMarked
package io.github.udsboot.guard;

import org.jspecify.annotations.NullMarked;
