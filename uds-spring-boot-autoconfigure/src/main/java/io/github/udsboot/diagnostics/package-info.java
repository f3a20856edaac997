/**
 * Explanations of startup failures.
 */
@NullMarked
package io.github.udsboot.diagnostics;

import org.jspecify.annotations.NullMarked;
