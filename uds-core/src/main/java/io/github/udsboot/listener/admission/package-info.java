/**
 * Which connections of a listener may stay, and what each peer and user may take of what
 * all share. Internal.
 */
@NullMarked
package io.github.udsboot.listener.admission;

import org.jspecify.annotations.NullMarked;
