package io.github.udsboot.autoconfigure.socket;

import java.util.Set;

/**
 * The listeners, or the clients, for which an application that was built ahead of time
 * has beans, wanted or not.
 *
 * @param beanNames the names of the beans
 */
record BuiltSockets(Set<String> beanNames) {

}
