#!/usr/bin/env bash
# JDK 17.0.15 and 25.0.3: new BufferedInputStream(new FileInputStream("/proc/self/status")) reads the file when it is asked
# for some bytes, and fails with "Invalid argument" when it is asked for all of them (readAllBytes, readNBytes, transferTo).
# The plain FileInputStream, Files.newInputStream and a BufferedReader read the same file to its end. The buffer asks for
# available() between two reads; /proc says that its files are empty, so the JDK seeks to their end, which the kernel
# refuses.
#
# Why it matters: /proc/<pid>/status, stat and cgroup are where a program learns the groups, the start and the unit of the
# peer of a socket. To buffer a file stream is what one is told to do, and the exception looks like a peer that has gone.
#
# Seen on Linux 6.18, x86_64. Needs a JDK.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

cat > "$work/ProcStream.java" << 'JAVA'
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.FileReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

public class ProcStream {

	private static final String FILE = "/proc/self/status";

	interface Opener {

		InputStream open() throws IOException;

	}

	public static void main(String[] args) throws IOException {
		System.out.println("Java " + Runtime.version());
		String buffered = read("BufferedInputStream, all bytes", () -> new BufferedInputStream(new FileInputStream(FILE)));
		String plain = read("FileInputStream, all bytes", () -> new FileInputStream(FILE));
		String channel = read("Files.newInputStream, all bytes", () -> Files.newInputStream(Path.of(FILE)));
		String some;
		try (InputStream input = new BufferedInputStream(new FileInputStream(FILE))) {
			some = (input.read(new byte[64]) == 64) ? "ok" : "too few";
		}
		System.out.println("BufferedInputStream, 64 bytes: " + some);
		String lines;
		try (BufferedReader reader = new BufferedReader(new FileReader(FILE))) {
			lines = (reader.lines().count() > 10) ? "ok" : "too few";
		}
		System.out.println("BufferedReader, all lines: " + lines);
		boolean asSeen = buffered.equals("Invalid argument") && plain.equals("ok") && channel.equals("ok")
				&& some.equals("ok") && lines.equals("ok");
		System.exit(asSeen ? 0 : 1);
	}

	private static String read(String what, Opener opener) {
		String outcome;
		try (InputStream input = opener.open()) {
			outcome = (input.readAllBytes().length > 500) ? "ok" : "too few";
		}
		catch (IOException ex) {
			outcome = ex.getMessage();
		}
		System.out.println(what + ": " + outcome);
		return outcome;
	}

}
JAVA
java "$work/ProcStream.java"
