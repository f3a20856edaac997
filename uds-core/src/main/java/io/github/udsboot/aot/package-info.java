/**
 * What must be known about an application before it is built ahead of time. Internal.
 */
@NullMarked
package io.github.udsboot.aot;

import org.jspecify.annotations.NullMarked;
