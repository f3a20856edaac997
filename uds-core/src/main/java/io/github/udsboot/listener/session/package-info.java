/**
 * Messages without routes and sessions, as a listener serves them. Internal.
 */
@NullMarked
package io.github.udsboot.listener.session;

import org.jspecify.annotations.NullMarked;
