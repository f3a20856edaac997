/**
 * Bytes as they arrive: what one read returns is one message.
 */
@NullMarked
package io.github.udsboot.protocol.raw;

import org.jspecify.annotations.NullMarked;
