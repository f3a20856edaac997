package io.github.udsboot;

import java.time.Duration;
import java.util.Map;

import org.springframework.core.ParameterizedTypeReference;

/**
 * A connection on which either side may send at any time, as the application sees it. On
 * the client side {@code UdsTemplate.open()} returns one; on the listener side a handler
 * method gets one by declaring a parameter of this type, to use while it runs or to keep
 * for later. Only protocols whose messages follow each other, such as {@code line} and
 * {@code raw}, have sessions.
 *
 * <p>
 * Messages are converted like payloads. They arrive complete and in the order in which
 * they were sent; if several threads send, each message is sent as a whole.
 *
 * <p>
 * Thread-safe, for platform threads and virtual threads. An interrupt ends the wait of
 * the interrupted thread with a {@link UdsCancelledException} and harms neither the
 * session nor other threads.
 */
public interface UdsSession extends AutoCloseable {

	/**
	 * Return the id of the session.
	 * @return an id that no other session of this process has
	 */
	String getId();

	/**
	 * Return the name of the socket to which the session belongs.
	 * @return the name of the listener or of the client
	 */
	String getName();

	/**
	 * Return the peer.
	 * @return the peer, as it was when the connection was made
	 */
	PeerCredentials getPeer();

	/**
	 * Return the attributes, in which the application can keep what it knows about the
	 * session.
	 * @return a thread-safe map, empty at first
	 */
	Map<String, Object> getAttributes();

	/**
	 * Return whether the session is open.
	 * @return {@code false} once either side has begun to end it: the peer has ended its
	 * output, {@link #close()} was called, the listener drains, or the connection broke.
	 * Messages that have arrived can still be received then. On the listener side, a
	 * running handler can still send while the listener drains, for
	 * {@code drain.stream-timeout}
	 */
	boolean isOpen();

	/**
	 * Send a message, and return as soon as it is on its way. If the peer reads so slowly
	 * that more than the outbound queue (4 MiB by default) is unwritten, this waits: on
	 * the client side for the client's timeout, on the listener side until the peer reads
	 * on or is disconnected because it has stalled for {@code stall-timeout}.
	 * @param message the message, converted like a payload; its content may be changed
	 * when this returns
	 * @throws UdsSessionClosedException if the session is closed, or its output was
	 * {@linkplain #shutdownOutput() ended}; the message was not sent
	 * @throws UdsDeadlineExceededException if the peer did not read in time; the message
	 * was not sent, and the session is unaffected
	 * @throws UdsConversionException if the message cannot be converted, or cannot be
	 * sent in this protocol, such as a line that contains a delimiter
	 * @throws UdsLimitExceededException if the message exceeds the limit of a frame
	 * @throws UdsCancelledException if the thread was interrupted; the message was not
	 * sent
	 */
	void send(Object message);

	/**
	 * Wait for the next message, at most for the client's timeout or, on the listener
	 * side, 30 seconds.
	 * @param <T> the type of the message
	 * @param messageType the type of the message
	 * @return the message
	 * @throws UdsException as {@link #receive(Class, Duration)}
	 */
	<T> T receive(Class<T> messageType);

	/**
	 * Wait for the next message. On the listener side, that message does not go to a
	 * handler then.
	 * @param <T> the type of the message
	 * @param messageType the type of the message
	 * @param timeout how long to wait, zero for not at all
	 * @return the message
	 * @throws UdsDeadlineExceededException if none arrived in time; the session is
	 * unaffected
	 * @throws UdsSessionClosedException if the session is closed and all messages that
	 * had arrived have been received
	 * @throws UdsConversionException if the message is not of the type; it is lost, the
	 * session stays open
	 * @throws UdsRemoteException if the peer sent a failure instead of a message; the
	 * session stays open
	 * @throws UdsLimitExceededException if the message exceeded the limit of a frame; it
	 * is lost, the session stays open
	 * @throws UdsProtocolException if the protocol does not allow the message, such as a
	 * line that is not UTF-8; it is lost, the session stays open
	 * @throws UdsCancelledException if the thread was interrupted
	 */
	<T> T receive(Class<T> messageType, Duration timeout);

	/**
	 * Wait for the next message, of a generic type.
	 * @param <T> the type of the message
	 * @param messageType the type of the message
	 * @param timeout how long to wait, zero for not at all
	 * @return the message
	 * @throws UdsException as {@link #receive(Class, Duration)}
	 */
	<T> T receive(ParameterizedTypeReference<T> messageType, Duration timeout);

	/**
	 * End the output: the peer reads what was sent and then the end, and can still send.
	 * Nothing more can be sent. Does nothing if the session is closed.
	 */
	void shutdownOutput();

	/**
	 * Close the session when everything that was sent has been written, which a peer that
	 * does not read can delay for as long as it can delay {@link #send}. On the listener
	 * side this does not wait for that. May be called more than once.
	 */
	@Override
	void close();

}
