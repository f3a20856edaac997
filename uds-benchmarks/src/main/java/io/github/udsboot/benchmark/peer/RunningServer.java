package io.github.udsboot.benchmark.peer;

/**
 * A server that accepts connections.
 *
 * @param address where clients connect to
 * @param stop stops the server
 */
public record RunningServer(String address, Runnable stop) {

}
