#!/usr/bin/env bash
# reactive-streams-tck 1.0.4 (Maven): a subscriber of its TestEnvironment does not wait for an error as long as it is told.
# expectError(type, total, poll, message) looks once, after `poll`, and fails then with "Expected onError(...) within
# <total> ms". The time that is left is computed as a negative number after the first look.
#
# Why it matters: rules such as 3.9 (onError for request(-1)) and 2.13 expect errors this way. A publisher across threads
# or processes whose error takes longer than one poll (100 ms by default; less where the time without signals is shorter)
# fails the TCK now and then, with a message that names a time that has not passed. With a poll as long as the publisher may
# take, the same rules hold: the third argument of TestEnvironment's constructor.
#
# Seen on Linux 6.18, x86_64, JDK 17 and 25. Needs a JDK.
set -euo pipefail
project="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

for artifact in org.reactivestreams:reactive-streams-tck:1.0.4 org.reactivestreams:reactive-streams:1.0.4 org.testng:testng:7.3.0; do
    "$project/mvnw" -q -f "$project/pom.xml" -N org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
        -Dartifact="$artifact" -DoutputDirectory="$work"
done

cat > "$work/ExpectError.java" << 'JAVA'
import java.util.concurrent.TimeUnit;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.TestEnvironment.ManualSubscriberWithSubscriptionSupport;

public class ExpectError {

	private static final long TOTAL_MILLIS = 10_000;

	private static final long ERROR_AFTER_MILLIS = 400;

	public static void main(String[] args) throws Exception {
		long patient = waitForError(2_000);
		long hasty = waitForError(100);
		// the publisher's thread may still be at work
		System.exit(patient >= ERROR_AFTER_MILLIS && hasty < 0 ? 0 : 1);
	}

	/** Return after how many milliseconds the error was seen, -1 if it was not. */
	private static long waitForError(long pollMillis) throws Exception {
		TestEnvironment environment = new TestEnvironment(TOTAL_MILLIS, 50, pollMillis);
		ManualSubscriberWithSubscriptionSupport<Integer> subscriber = new ManualSubscriberWithSubscriptionSupport<>(
				environment);
		environment.subscribe(failsLater(), subscriber);
		long begun = System.nanoTime();
		try {
			subscriber.expectError(IllegalStateException.class, TOTAL_MILLIS, pollMillis, "an error");
			long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
			System.out.println("poll " + pollMillis + " ms: the error is there after " + millis + " ms");
			return millis;
		}
		catch (AssertionError ex) {
			long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
			System.out.println("poll " + pollMillis + " ms: given up after " + millis + " ms: " + ex.getMessage());
			return (millis < TOTAL_MILLIS / 2) ? -1 : 0;
		}
	}

	private static Publisher<Integer> failsLater() {
		return (subscriber) -> {
			subscriber.onSubscribe(new Subscription() {

				@Override
				public void request(long count) {
				}

				@Override
				public void cancel() {
				}

			});
			new Thread(() -> {
				try {
					Thread.sleep(ERROR_AFTER_MILLIS);
				}
				catch (InterruptedException ex) {
					return;
				}
				subscriber.onError(new IllegalStateException("no more"));
			}).start();
		};
	}

}
JAVA
java -cp "$work/*" "$work/ExpectError.java"
