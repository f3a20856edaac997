package io.github.udsboot.protocol;

/**
 * The question whether the peer is there, or the answer to it.
 *
 * @param streamId any odd number; that of the question in the answer
 * @param data what tells one question from another; that of the question in the answer
 * @param answer whether this is the answer
 */
public record PingFrame(long streamId, long data, boolean answer) implements ExtensionFrame {

}
