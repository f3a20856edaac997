/**
 * containerd's ttrpc as a pure codec.
 */
@NullMarked
package io.github.udsboot.protocol.ttrpc;

import org.jspecify.annotations.NullMarked;
