package io.github.udsboot.listener.admission;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.ThreadShare;

/**
 * What one connection may take of what all share.
 *
 * @param threads of the listener's handler threads
 * @param applicationThreads of the threads of the application's executor
 * @param user what it shares with other connections of its user, {@code null} if that is
 * our own
 */
public record PeerShare(ThreadShare threads, ThreadShare applicationThreads, @Nullable UserShare user) {

}
