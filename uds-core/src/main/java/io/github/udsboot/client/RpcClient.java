package io.github.udsboot.client;

import java.time.Duration;

import io.github.udsboot.client.rpc.StreamCalls;
import io.github.udsboot.client.rpc.UnaryCalls;
import io.github.udsboot.transport.UdsAddress;

/**
 * What the requests of a template with routes need.
 *
 * @param calls makes calls with one answer
 * @param streams makes calls with items
 * @param address the address of the server
 * @param codec turns objects into payloads and back
 * @param timeout for how long a call without a timeout of its own is waited for
 */
record RpcClient(UnaryCalls calls, StreamCalls streams, UdsAddress address, CallCodec codec, Duration timeout) {

}
