package io.github.udsboot;

import org.jspecify.annotations.Nullable;

/**
 * The process of a peer and what runs it, as {@code /proc} tells. Fine for logs and for
 * rules among users who trust each other; see {@link PeerCredentials#process()} for what
 * it does not prove.
 *
 * @param pid the process id, in the pid namespace of this process
 * @param unit the systemd unit of the system manager, such as {@code nginx.service} or
 * {@code session-3.scope}, {@code null} if there is none or it cannot be told
 * @param userUnit the systemd unit of the user's own manager, {@code null} if there is
 * none or it cannot be told; its user chooses the name freely
 * @param container the id of the container, {@code null} if there is none or it cannot be
 * told; users may choose it below what systemd has delegated to them
 */
public record PeerProcess(long pid, @Nullable String unit, @Nullable String userUnit, @Nullable String container) {

}
