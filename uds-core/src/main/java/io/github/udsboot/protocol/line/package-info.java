/**
 * Lines of text, or whatever a delimiter separates.
 */
@NullMarked
package io.github.udsboot.protocol.line;

import org.jspecify.annotations.NullMarked;
