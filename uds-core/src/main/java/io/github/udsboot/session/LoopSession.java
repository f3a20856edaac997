package io.github.udsboot.session;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;

/**
 * A session on a connection of an event loop. The loop owner adds what arrives; any
 * application thread sends and receives. No lock is held while a thread waits for the
 * peer. One class, because it is what a {@link UdsSession} promises and little more.
 */
public final class LoopSession implements UdsSession {

	private static final AtomicLong IDS = new AtomicLong();

	private final String id;

	private final String name;

	private final LoopConnection connection;

	private final SessionCodec codec;

	private final Owner owner;

	private final Duration sendTimeout;

	private final Duration receiveTimeout;

	private final SessionInbox inbox;

	private final SessionEnd end;

	private final Map<String, Object> attributes = new ConcurrentHashMap<>();

	/**
	 * Create a session.
	 * @param name the name of its listener or client
	 * @param connection the connection
	 * @param codec encodes and decodes messages
	 * @param sendTimeout how long to wait for a peer that does not read
	 * @param receiveTimeout how long to wait for a message if the caller does not specify
	 * it
	 * @param maxWaiting how many messages may wait to be received before reading pauses
	 * @param owner told what threads receive
	 */
	public LoopSession(String name, LoopConnection connection, SessionCodec codec, Duration sendTimeout,
			Duration receiveTimeout, int maxWaiting, Owner owner) {
		this.id = name + "-" + IDS.incrementAndGet();
		this.name = name;
		this.connection = connection;
		this.codec = codec;
		this.sendTimeout = sendTimeout;
		this.receiveTimeout = receiveTimeout;
		this.owner = owner;
		this.inbox = new SessionInbox(connection, maxWaiting);
		this.end = new SessionEnd(name, connection, codec.path(), owner);
	}

	@Override
	public String getId() {
		return this.id;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public PeerCredentials getPeer() {
		return this.connection.peer();
	}

	@Override
	public Map<String, Object> getAttributes() {
		return this.attributes;
	}

	@Override
	public boolean isOpen() {
		return !this.end.isClosing() && !this.connection.isEnding() && !this.connection.isDraining();
	}

	@Override
	public void send(Object message) {
		EncodedFrame frame = this.codec.encode(message);
		if (!awaitRoom()) {
			throw new UdsDeadlineExceededException(
					"The peer has not read for " + this.sendTimeout
							+ " and the outbound queue is full; the message was not sent",
					null, this.codec.path(), null);
		}
		if (this.end.isClosing() || this.end.isStopping() || this.connection.push(frame) < 0) {
			throw this.connection.isOutputShutdown()
					? this.end.exception("this side has ended its output", "the message was not sent")
					: this.end.exception("the message was not sent");
		}
	}

	private boolean awaitRoom() {
		try {
			return this.connection.awaitRoom(Nanos.of(this.sendTimeout));
		}
		catch (InterruptedException ex) {
			throw interrupted("; the message was not sent", "the message was not sent");
		}
	}

	@Override
	public void shutdownOutput() {
		this.connection.shutdownOutput();
	}

	@Override
	public <T> T receive(Class<T> messageType) {
		return receive(messageType, this.receiveTimeout);
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> T receive(Class<T> messageType, Duration timeout) {
		return (T) receive((Type) messageType, timeout);
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> T receive(ParameterizedTypeReference<T> messageType, Duration timeout) {
		return (T) receive(messageType.getType(), timeout);
	}

	private Object receive(Type type, Duration timeout) {
		Frame frame = receiveFrame(timeout);
		if (frame == null) {
			if (isOver()) {
				throw this.end.exception("nothing more can be received");
			}
			throw new UdsDeadlineExceededException("No message came within " + timeout, null, this.codec.path(), null);
		}
		return this.codec.decode(frame, type);
	}

	/**
	 * Wait for the next frame.
	 * @param timeout how long to wait
	 * @return the frame, or {@code null} if the time has run out or the input has ended
	 */
	public @Nullable Frame receiveFrame(Duration timeout) {
		boolean received = false;
		try {
			Frame frame = this.inbox.await(TimeUnit.NANOSECONDS.convert(timeout));
			received = frame != null;
			return frame;
		}
		catch (InterruptedException ex) {
			throw interrupted("", "nothing more can be received");
		}
		finally {
			this.owner.received(received);
		}
	}

	/**
	 * Return whether nothing more will arrive and nothing is left.
	 * @return whether {@link #receiveFrame} will never return a frame again
	 */
	public boolean isOver() {
		return this.inbox.isOver();
	}

	/** A thread that is interrupted because the session ends is told that reason. */
	private UdsException interrupted(String consequence, String consequenceOfEnd) {
		Thread.currentThread().interrupt();
		if (this.end.isStopping()) {
			return this.end.exception(consequenceOfEnd);
		}
		return new UdsCancelledException("The thread was interrupted" + consequence, null, this.codec.path(), null);
	}

	/**
	 * Return why the session is closed.
	 * @return who or what closed it, for messages
	 */
	public String describeEnd() {
		return this.end.describe();
	}

	@Override
	public void close() {
		this.end.close();
		this.inbox.end();
		this.inbox.abandon();
		this.connection.finish(CloseReason.SESSION_CLOSED);
		this.owner.closing();
	}

	/**
	 * Return the connection.
	 * @return the connection
	 */
	public LoopConnection connection() {
		return this.connection;
	}

	/**
	 * Return whether the application has closed the session.
	 * @return {@code true} once {@link #close()} was called
	 */
	public boolean isClosing() {
		return this.end.isClosing();
	}

	/**
	 * Add a frame that has arrived. Call on the loop's owner.
	 * @param frame the frame
	 */
	public void add(Frame frame) {
		this.end.heard();
		this.inbox.add(frame);
	}

	/**
	 * Take the next frame, unless a thread waits for it. Call on the loop's owner.
	 * @return the frame, or {@code null}
	 */
	public @Nullable Frame poll() {
		return this.inbox.poll();
	}

	/**
	 * Return whether there is a frame that no thread waits for. Called by any thread.
	 * @return whether {@link #poll()} would return one
	 */
	public boolean hasUnclaimed() {
		return this.inbox.isUnclaimed();
	}

	/**
	 * Return whether a thread waits for a frame.
	 * @return whether one does
	 */
	public boolean isAwaited() {
		return this.inbox.isAwaited();
	}

	/**
	 * Stop: nothing is sent or received any more, because the listener stops.
	 */
	public void stop() {
		this.end.stop();
		this.inbox.end();
	}

	/** Abandon the rest: nothing that is left will be taken. */
	public void abandon() {
		this.inbox.abandon();
	}

	/** Note that nothing more will arrive, or that the connection is closed. */
	public void inputEnded() {
		this.inbox.end();
	}

	/** Told what application threads do. */
	public interface Owner {

		/**
		 * A thread has waited for a frame.
		 * @param taken whether it has taken one
		 */
		void received(boolean taken);

		/**
		 * Return what the end of the session may mean if the peer has never sent
		 * anything.
		 * @return part of a message, by default empty
		 */
		default String explainSilence() {
			return "";
		}

		/** A thread has closed the session. */
		default void closing() {
		}

	}

}
