package io.github.udsboot.observation;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsDeadline;

/**
 * Carries the deadline of a request along with the rest of the thread's context when
 * Micrometer's context propagation carries that. Found by
 * {@link java.util.ServiceLoader}.
 */
public class UdsDeadlineThreadLocalAccessor implements ThreadLocalAccessor<UdsDeadline> {

	/** The key of the deadline in a context. */
	public static final String KEY = "uds.deadline";

	@Override
	public Object key() {
		return KEY;
	}

	@Override
	public @Nullable UdsDeadline getValue() {
		return UdsDeadline.current();
	}

	@Override
	public void setValue(UdsDeadline deadline) {
		UdsDeadline.setCurrent(deadline);
	}

	@Override
	public void setValue() {
		UdsDeadline.setCurrent(null);
	}

}
