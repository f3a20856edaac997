/**
 * Explanations of failures to start.
 */
@NullMarked
package io.github.udsboot.diagnostics;

import org.jspecify.annotations.NullMarked;
