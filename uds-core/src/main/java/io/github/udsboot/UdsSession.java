package io.github.udsboot;

import java.time.Duration;
import java.util.Map;

import org.springframework.core.ParameterizedTypeReference;

/**
 * A connection on which either side may send at any time, as the application sees it. On
 * the client's side what {@code UdsTemplate.open()} returns; on the listener's side what
 * a handler method asks for with a parameter of this type, to use while it runs or to
 * keep and use later. Only protocols whose messages follow each other, such as
 * {@code line} and {@code raw}, have sessions.
 *
 * <p>
 * Messages are converted as payloads are. They arrive complete and in the order in which
 * they were sent; where several threads send, each message is sent whole.
 *
 * <p>
 * Thread-safe, and fit for platform threads and virtual ones. An interrupt ends the wait
 * of the thread it is meant for with a {@link UdsCancelledException} and harms neither
 * the session nor other threads.
 */
public interface UdsSession extends AutoCloseable {

	/**
	 * Return what tells the session from others.
	 * @return an id that no other session of this process has
	 */
	String getId();

	/**
	 * Return which socket the session belongs to.
	 * @return the name of the listener or of the client
	 */
	String getName();

	/**
	 * Return who is at the other end.
	 * @return the peer, as it was when the connection was made
	 */
	PeerCredentials getPeer();

	/**
	 * Return a place for what the application wants to know about the session.
	 * @return a thread-safe map, empty at first
	 */
	Map<String, Object> getAttributes();

	/**
	 * Return whether the session goes on.
	 * @return {@code false} once either side has begun to end it: the peer has ended its
	 * output, {@link #close()} was called, the listener drains, or the connection broke.
	 * What has arrived can still be received then, and on the listener's side a handler
	 * that is at work can still send, when the listener drains for
	 * {@code drain.stream-timeout}
	 */
	boolean isOpen();

	/**
	 * Send a message: return as soon as it is on its way. While the peer reads so slowly
	 * that more than the outbound queue (4 MiB by default) waits to be written, this
	 * waits: on the client's side for the client's time-out, on the listener's side until
	 * the peer reads on or has stalled for {@code stall-timeout} and is disconnected.
	 * @param message the message, converted as a payload; what it holds may be changed
	 * when this returns
	 * @throws UdsSessionClosedException if the session is closed, or its output was
	 * {@linkplain #shutdownOutput() ended}; the message was not sent
	 * @throws UdsDeadlineExceededException if the peer did not read in time; the message
	 * was not sent, and the session stays as it is
	 * @throws UdsConversionException if the message cannot be converted, or cannot be
	 * sent in this protocol, such as a line that holds a delimiter
	 * @throws UdsLimitExceededException if the message is over the limit of a frame
	 * @throws UdsCancelledException if the thread was interrupted; the message was not
	 * sent
	 */
	void send(Object message);

	/**
	 * Wait for the next message, at most for the client's time-out or, on the listener's
	 * side, 30 seconds.
	 * @param <T> the type of the message
	 * @param messageType the type of the message
	 * @return the message
	 * @throws UdsException as {@link #receive(Class, Duration)}
	 */
	<T> T receive(Class<T> messageType);

	/**
	 * Wait for the next message. On the listener's side that message does not go to a
	 * handler then.
	 * @param <T> the type of the message
	 * @param messageType the type of the message
	 * @param timeout how long to wait, zero to look only
	 * @return the message
	 * @throws UdsDeadlineExceededException if none came in time; the session stays as it
	 * is
	 * @throws UdsSessionClosedException if the session is closed and all messages that
	 * had arrived were received
	 * @throws UdsConversionException if the message is not of the type; it is lost, the
	 * session stays
	 * @throws UdsRemoteException if the peer sent a failure in place of a message; the
	 * session stays
	 * @throws UdsLimitExceededException if the message was over the limit of a frame; it
	 * is lost, the session stays
	 * @throws UdsProtocolException if the message was none that the protocol allows, such
	 * as a line that is no UTF-8; it is lost, the session stays
	 * @throws UdsCancelledException if the thread was interrupted
	 */
	<T> T receive(Class<T> messageType, Duration timeout);

	/**
	 * Wait for the next message, of a generic type.
	 * @param <T> the type of the message
	 * @param messageType the type of the message
	 * @param timeout how long to wait, zero to look only
	 * @return the message
	 * @throws UdsException as {@link #receive(Class, Duration)}
	 */
	<T> T receive(ParameterizedTypeReference<T> messageType, Duration timeout);

	/**
	 * End the output: the peer reads what was sent and then the end, and can still send.
	 * Nothing can be sent any more. Does nothing when the session is closed.
	 */
	void shutdownOutput();

	/**
	 * Close the session when what was sent is written, which a peer that does not read
	 * can delay for the time of {@link #send}; does not wait for that on the listener's
	 * side. May be called again.
	 */
	@Override
	void close();

}
