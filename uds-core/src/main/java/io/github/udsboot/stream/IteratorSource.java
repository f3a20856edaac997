package io.github.udsboot.stream;

import java.util.Iterator;
import java.util.function.Function;
import java.util.stream.BaseStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The items of an application's {@link Stream}, {@link Iterable} or {@link Iterator}.
 */
public final class IteratorSource implements ItemSource {

	private final Object origin;

	private final Function<Object, byte[]> conversion;

	/** Asked for on the thread that pulls: with some sources that is work. */
	private @Nullable Iterator<?> iterator;

	private IteratorSource(Object origin, Function<Object, byte[]> conversion) {
		this.origin = origin;
		this.conversion = conversion;
	}

	/**
	 * Return the source of what an application gave.
	 * @param items the items
	 * @param conversion turns an item into its payload
	 * @return the source, or {@code null} if they are of another kind
	 */
	static @Nullable ItemSource of(Object items, Function<Object, byte[]> conversion) {
		return (items instanceof BaseStream<?, ?> || items instanceof Iterable<?> || items instanceof Iterator<?>)
				? new IteratorSource(items, conversion) : null;
	}

	private Iterator<?> iterator() {
		Iterator<?> iterator = this.iterator;
		if (iterator == null) {
			if (this.origin instanceof BaseStream<?, ?> stream) {
				iterator = stream.iterator();
			}
			else {
				iterator = (this.origin instanceof Iterable<?> iterable) ? iterable.iterator()
						: (Iterator<?>) this.origin;
			}
			this.iterator = iterator;
		}
		return iterator;
	}

	@Override
	public boolean hasNext() {
		return iterator().hasNext();
	}

	@Override
	public byte[] next() {
		Object item = iterator().next();
		if (item == null) {
			throw new NullPointerException("A stream must not hold null");
		}
		return this.conversion.apply(item);
	}

	@Override
	public void close() {
		if (this.origin instanceof AutoCloseable closeable) {
			try {
				closeable.close();
			}
			catch (RuntimeException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new IllegalStateException("A stream could not be closed", ex);
			}
		}
	}

}
