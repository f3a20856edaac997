package io.github.udsboot.protocol;

/**
 * A frame that the protocol itself does not have. Sent only to a peer that has announced
 * that it understands the {@link Extension}.
 */
public sealed interface ExtensionFrame extends Frame permits HelloFrame, CancelFrame, PingFrame, GoAwayFrame {

}
