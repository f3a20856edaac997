/**
 * What can be found out about the process at the other end of a connection when it is
 * asked for: its groups, its systemd unit, its container. Internal.
 */
@NullMarked
package io.github.udsboot.transport.peer;

import org.jspecify.annotations.NullMarked;
