package io.github.udsboot.connection;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.memory.MemoryAccount;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;

/**
 * The event loops of one listener, their threads and the watcher that hands them over.
 */
public final class EventLoopGroup implements Closeable {

	/**
	 * The default number of loops: more gain nothing on small machines, and large ones
	 * can set more.
	 */
	public static final int DEFAULT_LOOPS = Math.min(2, Runtime.getRuntime().availableProcessors());

	/**
	 * How many threads beyond the bound each loop may lend to handlers that have not run
	 * long before.
	 */
	private static final int LENDABLE_PER_LOOP = 4;

	private static final long SPARE_KEEP_ALIVE_SECONDS = 30;

	private final ExecutorService threads;

	private final BoundedExecutor handlerThreads;

	private final HandoverWatcher watcher = new HandoverWatcher();

	private final List<EventLoop> loops = new ArrayList<>();

	/** Belongs to the first loop, which accepts. */
	private final RefusedConnections refused;

	private final ConnectionLimits limits;

	/**
	 * Create and start the loops.
	 * @param name the prefix of the threads' names
	 * @param transport the transport whose sockets the loops will serve
	 * @param loopCount the number of loops
	 * @param maxHandlerThreads the number of platform threads that application code may
	 * occupy besides the loops' own; a few more are reserved for the loops, so that quick
	 * handlers keep running when all are taken
	 * @param limits the limits of every connection
	 * @throws IOException if a selector cannot be opened
	 */
	public EventLoopGroup(String name, UdsTransport transport, int loopCount, int maxHandlerThreads,
			ConnectionLimits limits) throws IOException {
		this.limits = limits;
		Failures.prepare();
		this.threads = new ThreadPoolExecutor(0, Integer.MAX_VALUE, SPARE_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS,
				new SynchronousQueue<>(), threadFactory(name));
		this.handlerThreads = new BoundedExecutor(this.threads, maxHandlerThreads, LENDABLE_PER_LOOP * loopCount);
		try {
			for (int i = 0; i < loopCount; i++) {
				this.loops.add(new EventLoop(transport.openSelector(), this.watcher, this.handlerThreads, limits));
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			closeSelectors();
			throw ex;
		}
		this.refused = new RefusedConnections(this.loops.get(0));
		boolean started = false;
		try {
			this.loops.forEach(EventLoop::startOwner);
			this.watcher.start(this.loops);
			started = true;
		}
		finally {
			if (!started) {
				closeSelectors();
			}
		}
	}

	/**
	 * Close the selectors. A failure affects neither the others nor the exception about
	 * to be thrown.
	 */
	private void closeSelectors() {
		for (EventLoop loop : this.loops) {
			try {
				loop.stop();
				loop.selector().close();
			}
			catch (IOException | RuntimeException | Error ex) {
				Failures.log("A selector could not be closed", ex);
			}
		}
	}

	private static ThreadFactory threadFactory(String name) {
		AtomicInteger number = new AtomicInteger();
		return (task) -> {
			Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
			thread.setDaemon(true);
			return thread;
		};
	}

	/**
	 * Return the pool for application code that does not run on a loop. It shares its
	 * bound with the threads that took loops over.
	 * @return the pool
	 */
	public BoundedExecutor handlerThreads() {
		return this.handlerThreads;
	}

	/**
	 * Accept connections.
	 * @param socket the listening socket
	 * @param handler told about what is accepted
	 * @return the acceptor, for {@link Acceptor#stopAccepting()}
	 */
	public Acceptor accept(UdsServerSocket socket, Acceptor.Handler handler) {
		EventLoop loop = this.loops.get(0);
		Acceptor acceptor = new Acceptor(loop, socket, handler);
		loop.execute(acceptor::register);
		return acceptor;
	}

	/**
	 * Put an accepted connection on the loop with the fewest connections.
	 * @param socket the socket
	 * @param peer the peer at the other end
	 * @param reader reads its frames
	 * @param handler told about its frames
	 * @return the connection
	 */
	public LoopConnection add(UdsSocket socket, PeerCredentials peer, FrameReader reader, ConnectionHandler handler) {
		return add(socket, peer, reader, (connection) -> handler);
	}

	/**
	 * Put a connection on the loop with the fewest connections, with a handler of its own
	 * and as much memory as it wants.
	 * @param socket the socket
	 * @param peer the peer at the other end
	 * @param reader reads its frames
	 * @param handler makes the handler of its frames; must do nothing with the connection
	 * but keep it
	 * @return the connection
	 */
	public LoopConnection add(UdsSocket socket, PeerCredentials peer, FrameReader reader,
			Function<LoopConnection, ConnectionHandler> handler) {
		return add(socket, peer, reader, handler, MemoryAccount.UNLIMITED, this.handlerThreads.common());
	}

	/**
	 * Put a connection on the loop with the fewest connections, with a handler of its
	 * own.
	 * @param socket the socket
	 * @param peer the peer at the other end
	 * @param reader reads its frames
	 * @param handler makes the handler of its frames; must do nothing with the connection
	 * but keep it
	 * @param account counts the memory held for the peer; closed with the connection
	 * @param threads the share of {@link #handlerThreads()} that it may have at once
	 * @return the connection
	 */
	public LoopConnection add(UdsSocket socket, PeerCredentials peer, FrameReader reader,
			Function<LoopConnection, ConnectionHandler> handler, MemoryAccount account, ThreadShare threads) {
		EventLoop loop = this.loops.stream().min(Comparator.comparingInt(EventLoop::load)).orElseThrow();
		LoopConnection connection = new LoopConnection(loop, socket, peer, reader, handler, this.limits, account,
				threads);
		Runnable registration = connection::register;
		loop.members().expect();
		boolean registered = false;
		try {
			loop.execute(registration);
			registered = true;
		}
		finally {
			if (!registered) {
				loop.members().expectNoMore();
			}
		}
		return connection;
	}

	/**
	 * Refuse a connection that {@link #accept} has accepted: tell its peer why as soon as
	 * it has sent something, which is not looked at, or after a second at the latest, and
	 * close it. Call where it was accepted, on the loop.
	 * @param socket the socket
	 * @param reason what the peer is told
	 * @param capacity the number of such connections that may be open at once; with more,
	 * the oldest is told at once
	 */
	public void refuse(UdsSocket socket, EncodedFrame reason, int capacity) {
		this.refused.add(socket, reason, capacity);
	}

	/**
	 * Run a task on the first loop, soon, after all its earlier tasks.
	 * @param task the task; must not block
	 */
	public void execute(Runnable task) {
		this.loops.get(0).execute(task);
	}

	/**
	 * Let every connection take what it was sent, refuse more, and close when it has
	 * answered.
	 */
	public void drain() {
		forEachConnection(LoopConnection::drain);
	}

	/**
	 * Apply an action to each open connection, soon, on the owner of its loop.
	 * @param action the action; must not block
	 */
	public void forEachConnection(Consumer<LoopConnection> action) {
		for (EventLoop loop : this.loops) {
			loop.execute(() -> loop.members().forEach((member) -> {
				if (member instanceof LoopConnection connection) {
					loop.execute(() -> action.accept(connection));
				}
			}));
		}
	}

	/**
	 * Run a task on the first loop after a delay, unless the loops are closed first.
	 * @param delay how long to wait; if zero, the task still runs after all earlier tasks
	 * of the loop
	 * @param task the task; must not block
	 */
	public void executeAfter(Duration delay, Runnable task) {
		EventLoop loop = this.loops.get(0);
		loop.execute((Nanos.of(delay) > 0) ? () -> loop.schedule(Nanos.of(delay), task) : task);
	}

	/**
	 * Return how often a loop was taken from a thread held up by application code.
	 * @return the number
	 */
	public long handovers() {
		return this.watcher.handovers();
	}

	/**
	 * Close all connections and end all threads except those held up in application code,
	 * which are interrupted.
	 */
	@Override
	public void close() {
		this.loops.forEach(EventLoop::stop);
		long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
		boolean interrupted = false;
		for (EventLoop loop : this.loops) {
			boolean done = false;
			while (!done) {
				try {
					done = loop.termination().await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)
							|| deadline - System.nanoTime() <= 0;
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		this.watcher.stop();
		this.handlerThreads.close();
		this.threads.shutdownNow();
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
