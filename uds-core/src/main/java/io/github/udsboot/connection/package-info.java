/**
 * One connection: reading, write combining, clocks and event loops. Internal.
 */
@NullMarked
package io.github.udsboot.connection;

import org.jspecify.annotations.NullMarked;
