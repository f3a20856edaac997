/**
 * Which connections of a listener may stay, and the share of each peer and user in common
 * resources. Internal.
 */
@NullMarked
package io.github.udsboot.listener.admission;

import org.jspecify.annotations.NullMarked;
