package io.github.udsboot.interop;

import java.util.Locale;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;

import io.github.udsboot.Status;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.annotation.UdsHandler;

/**
 * The streams that the Go and Rust programs have, as an application of ours would write
 * them. Go has no First.
 */
@UdsHandler(InteropStreams.NAME)
class InteropStreams {

	static final String NAME = "udsboot.interop.v1.Streams";

	@UdsHandler("Range")
	Stream<Int64Value> range(Int64Value count) {
		return LongStream.range(0, count.getValue()).mapToObj(Int64Value::of);
	}

	@UdsHandler("FailAfter")
	Stream<Int64Value> failAfter(Int64Value count) {
		return LongStream.rangeClosed(0, count.getValue()).mapToObj((number) -> {
			if (number == count.getValue()) {
				throw new UdsStatusException(Status.OUT_OF_RANGE, "only " + number);
			}
			return Int64Value.of(number);
		});
	}

	@UdsHandler("Sum")
	Int64Value sum(Stream<Int64Value> numbers) {
		return Int64Value.of(numbers.mapToLong(Int64Value::getValue).sum());
	}

	@UdsHandler("First")
	Int64Value first(Stream<Int64Value> numbers) {
		return numbers.findFirst().orElseThrow();
	}

	@UdsHandler("Upper")
	Stream<StringValue> upper(Stream<StringValue> words) {
		return words.map((word) -> StringValue.of(word.getValue().toUpperCase(Locale.ROOT)));
	}

}
