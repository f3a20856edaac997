/**
 * Finds annotated handler methods and registers them.
 */
@NullMarked
package io.github.udsboot.config;

import org.jspecify.annotations.NullMarked;
