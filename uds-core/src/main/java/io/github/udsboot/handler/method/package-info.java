/**
 * Handler methods: found, checked, given their arguments, called, and answered for.
 */
@NullMarked
package io.github.udsboot.handler.method;

import org.jspecify.annotations.NullMarked;
