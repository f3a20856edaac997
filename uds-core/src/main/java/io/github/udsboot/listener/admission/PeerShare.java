package io.github.udsboot.listener.admission;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.ThreadShare;

/**
 * The part of one connection in the resources that all share.
 *
 * @param threads its share of the listener's handler threads
 * @param applicationThreads its share of the threads of the application's executor
 * @param user the share of all connections of its user, {@code null} if that is the user
 * of this process
 */
public record PeerShare(ThreadShare threads, ThreadShare applicationThreads, @Nullable UserShare user) {

}
