/**
 * Lines of text, or any data separated by a delimiter.
 */
@NullMarked
package io.github.udsboot.protocol.line;

import org.jspecify.annotations.NullMarked;
