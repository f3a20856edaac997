package io.github.udsboot.benchmark.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.udsboot.benchmark.contender.Contender;
import io.github.udsboot.benchmark.contender.JavaSession;
import io.github.udsboot.benchmark.contender.Session;
import io.github.udsboot.benchmark.contender.Workspace;
import io.github.udsboot.benchmark.load.Load;
import io.github.udsboot.benchmark.report.Row;

/**
 * A round: the contenders' processes, started when they are first needed, and their
 * turns.
 */
final class Round implements AutoCloseable {

	private final int number;

	private final Workspace workspace;

	private final Pace pace;

	private final List<Contender> contenders;

	private final Journal journal;

	private final Map<String, Session> sessions = new LinkedHashMap<>();

	Round(int number, Workspace workspace, Pace pace, List<Contender> contenders, Journal journal) {
		this.number = number;
		this.workspace = workspace;
		this.pace = pace;
		this.contenders = new ArrayList<>(contenders);
		this.journal = journal;
	}

	Pace pace() {
		return this.pace;
	}

	Workspace workspace() {
		return this.workspace;
	}

	/** Those of the names that take part; another one begins with every measure. */
	List<Contender> turns(List<String> names) {
		Collections.rotate(this.contenders, 1);
		return this.contenders.stream().filter((contender) -> names.contains(contender.name())).toList();
	}

	Session session(Contender contender) {
		Session session = this.sessions.get(contender.name());
		if (session == null) {
			session = contender.start(this.workspace);
			this.sessions.put(contender.name(), session);
			if (contender.isCompiledWhileItRuns()) {
				session.run(this.pace.firstWarmUp(Load.ofCallers(64, 1)));
			}
		}
		return session;
	}

	JavaSession javaSession(Contender contender) {
		return (JavaSession) session(contender);
	}

	/** Other contenders and measures go on when one fails, and the report will tell. */
	void attempt(String contender, String measure, Attempt attempt) {
		try {
			attempt.run();
		}
		catch (RuntimeException ex) {
			this.journal.failed(this.number, contender, measure, ex);
			Session broken = this.sessions.remove(contender);
			if (broken != null) {
				broken.close();
			}
		}
	}

	void skipped(String measure, String reason) {
		this.journal.note(measure + " was skipped: " + reason);
	}

	int number() {
		return this.number;
	}

	void add(Row row) {
		this.journal.add(row);
	}

	@Override
	public void close() {
		this.sessions.values().forEach(Session::close);
	}

	/** What may fail. */
	@FunctionalInterface
	interface Attempt {

		void run();

	}

}
