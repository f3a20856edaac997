/**
 * Handler methods: the registry, argument resolution and invocation.
 */
@NullMarked
package io.github.udsboot.handler;

import org.jspecify.annotations.NullMarked;
