package io.github.udsboot.springsecurity;

import java.io.Serializable;

/**
 * What is known of a caller beside who it is. Immutable.
 *
 * @param listener the name of the listener that the caller has connected to
 */
public record UdsPeerAuthenticationDetails(String listener) implements Serializable {

}
