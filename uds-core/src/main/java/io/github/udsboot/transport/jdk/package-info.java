/**
 * The transport over the JDK's own Unix domain channels. Internal.
 */
@NullMarked
package io.github.udsboot.transport.jdk;

import org.jspecify.annotations.NullMarked;
