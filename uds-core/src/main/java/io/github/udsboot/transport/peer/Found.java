package io.github.udsboot.transport.peer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerProcess;

/**
 * What was found out about a peer.
 *
 * @param groups its supplementary groups
 * @param process its process, {@code null} if it is not known
 */
record Found(GroupNumbers groups, @Nullable PeerProcess process) {

}
