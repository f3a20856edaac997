/**
 * Runs the handlers of a listener, on the event loop or on other threads, and gives each
 * call one outcome. Internal.
 */
@NullMarked
package io.github.udsboot.listener.dispatch;

import org.jspecify.annotations.NullMarked;
