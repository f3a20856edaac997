package io.github.udsboot.protocol.ttrpc;

import java.util.ArrayList;
import java.util.List;

import io.github.udsboot.StatusDetail;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.Utf8;

/**
 * The details of a status, of which {@link NotDispatched} has a special meaning and is
 * not among the others. An instance collects those of one response after another.
 *
 * <pre>
 * Any = 1 type_url string
 *       2 value    bytes
 * </pre>
 */
final class StatusDetails {

	/** The maximum total size of the details of one response. */
	static final int MAX_SIZE = 64 << 10;

	/** An empty detail takes two bytes of a frame, but far more as an object. */
	static final int MAX_READ = 64;

	private static final int TYPE_URL = 1 << 3 | 2;

	private static final int VALUE = 2 << 3 | 2;

	private List<StatusDetail> others = List.of();

	private NotDispatched.Scope scope = NotDispatched.Scope.NOTHING;

	void clear() {
		this.others = List.of();
		this.scope = NotDispatched.Scope.NOTHING;
	}

	/** Read one embedded {@code Any}. */
	void read(ProtobufInput in) throws EnvelopeException {
		int url = in.position();
		int urlLength = 0;
		int value = url;
		int length = 0;
		int outer = in.enter();
		for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
			switch (tag) {
				case TYPE_URL -> {
					urlLength = in.skipString();
					url = in.position() - urlLength;
				}
				case VALUE -> {
					length = in.readLength();
					value = in.position();
					in.skip(length);
				}
				default -> in.skipField(tag);
			}
		}
		in.leave(outer);
		NotDispatched.Scope scope = NotDispatched.scopeAt(in, url, urlLength, value, length);
		if (scope != NotDispatched.Scope.NOTHING) {
			this.scope = scope;
		}
		else if (this.others.size() < MAX_READ) {
			add(new StatusDetail(in.string(url, urlLength), in.bytes(value, length)));
		}
	}

	private void add(StatusDetail detail) {
		if (this.others.isEmpty()) {
			this.others = new ArrayList<>();
		}
		this.others.add(detail);
	}

	/**
	 * Return what no handler has seen, according to the mark in the response.
	 */
	NotDispatched.Scope scope() {
		return this.scope;
	}

	/** Return all details except that mark. */
	List<StatusDetail> others() {
		return this.others;
	}

	/**
	 * Return the size of details as fields of a status.
	 * @throws FrameTooLargeException if it exceeds the limit
	 */
	static int size(List<StatusDetail> details) {
		long size = 0;
		for (StatusDetail detail : details) {
			size += fieldSize(sizeOf(detail));
		}
		if (size > MAX_SIZE) {
			throw new FrameTooLargeException("List of details", size, MAX_SIZE);
		}
		return (int) size;
	}

	static void write(ProtobufOutput out, List<StatusDetail> details) {
		for (StatusDetail detail : details) {
			String url = detail.typeUrl();
			int urlLength = Utf8.length(url);
			out.writeLength(ResponseDecoder.DETAILS, (int) sizeOf(detail));
			if (urlLength != 0) {
				out.writeString(TYPE_URL, urlLength, url, 0, url.length());
			}
			if (detail.value().length != 0) {
				out.writeBytes(VALUE, detail.value());
			}
		}
	}

	/** As a long, since a value may be nearly as long as an int allows. */
	private static long sizeOf(StatusDetail detail) {
		return optionalSize(Utf8.length(detail.typeUrl())) + optionalSize(detail.value().length);
	}

	private static long optionalSize(int length) {
		return (length != 0) ? fieldSize(length) : 0;
	}

	private static long fieldSize(long length) {
		return 1 + ProtobufOutput.varintSize(length) + length;
	}

}
