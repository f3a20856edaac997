package io.github.udsboot.stream;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;

/**
 * The items that arrive, for a thread that waits for them.
 *
 * @param <T> the type of the items
 */
final class InboxIterator<T> implements Iterator<T> {

	private final ItemInbox inbox;

	private final Function<byte[], T> conversion;

	private final Supplier<? extends RuntimeException> interrupted;

	private byte @Nullable [] next;

	private boolean over;

	/** What has ended this early: it stays that way. */
	private @Nullable Throwable failure;

	private InboxIterator(ItemInbox inbox, Function<byte[], T> conversion,
			Supplier<? extends RuntimeException> interrupted) {
		this.inbox = inbox;
		this.conversion = conversion;
		this.interrupted = interrupted;
	}

	/** Return a stream that ends with the inbox, or with the failure that ended it. */
	static <T> Stream<T> stream(ItemInbox inbox, Function<byte[], T> conversion,
			Supplier<? extends RuntimeException> interrupted) {
		Iterator<T> iterator = new InboxIterator<>(inbox, conversion, interrupted);
		return StreamSupport
			.stream(Spliterators.spliteratorUnknownSize(iterator, Spliterator.ORDERED | Spliterator.NONNULL), false)
			.onClose(inbox::cancel);
	}

	@Override
	public boolean hasNext() {
		if (this.next != null) {
			return true;
		}
		if (this.over) {
			return false;
		}
		requireNoFailure();
		try {
			this.next = this.inbox.take();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			// who ends a call early ends its items and then interrupts the handler
			RuntimeException reason = this.inbox.earlyEnd();
			reason = (reason != null) ? reason : this.interrupted.get();
			cancel(reason);
			throw reason;
		}
		this.over = this.next == null;
		return !this.over;
	}

	@Override
	public T next() {
		if (!hasNext() || this.next == null) {
			throw new NoSuchElementException();
		}
		byte[] item = this.next;
		this.next = null;
		try {
			return this.conversion.apply(item);
		}
		catch (RuntimeException | Error ex) {
			cancel(ex);
			throw ex;
		}
	}

	/** The stream may never be closed, and must not go on for ever then. */
	private void cancel(Throwable reason) {
		this.failure = reason;
		this.inbox.cancel();
	}

	private void requireNoFailure() {
		if (this.failure instanceof RuntimeException unchecked) {
			throw unchecked;
		}
		if (this.failure instanceof Error error) {
			throw error;
		}
	}

}
