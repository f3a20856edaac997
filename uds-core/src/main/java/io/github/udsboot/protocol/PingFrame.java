package io.github.udsboot.protocol;

/**
 * The question whether the peer is still there, or the answer to it.
 *
 * @param streamId any odd number; in the answer, that of the question
 * @param data distinguishes one question from another; in the answer, that of the
 * question
 * @param answer whether this is the answer
 */
public record PingFrame(long streamId, long data, boolean answer) implements ExtensionFrame {

}
