package io.github.udsboot.protocol.line;

import java.nio.ByteBuffer;

import io.github.udsboot.protocol.Frame;

/**
 * Decodes lines on the client with {@link LineRouting#FIRST_WORD}: as a failure or as
 * data.
 */
final class AnswerLineDecoder extends LineDecoder {

	@Override
	Frame decodeText(ByteBuffer in, int from, int to) {
		Frame failure = FailureLine.read(in, from, to);
		return (failure != null) ? failure : super.decodeText(in, from, to);
	}

}
