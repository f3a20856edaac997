package io.github.udsboot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who may import whom in this module. A room is a package with its sub-packages, except
 * those that are rooms of their own. Everybody may import the root package, and the
 * guards.
 */
class ArchitectureTests {

	private static final String ROOT = "io.github.udsboot";

	private static final String ANY = "*";

	/** Of {@code connection}, because connections are what they are about. */
	private static final Set<String> VALUES = Set.of("CloseReason", "RefusalReason", "ConnectionClocks");

	// @formatter:off
	private static final List<Room> ROOMS = List.of(
			room("").mayImport(),
			room("guard").mayImport().isClosed(),
			room("annotation").mayImport(),
			room("protocol").mayImport(),
			room("protocol.ttrpc").mayImport("protocol"),
			room("protocol.line").mayImport("protocol"),
			room("protocol.raw").mayImport("protocol"),
			room("transport").mayImport(),
			room("transport.peer").mayImport().isClosed(),
			room("transport.jdk").mayImport("transport", "transport.peer").isClosed(),
			room("transport.junixsocket").mayImport("transport", "transport.peer").isClosed(),
			room("memory").mayImport().isClosed(),
			room("connection").mayImport("memory", "protocol", "transport").isClosed(),
			room("interceptor").mayImport("annotation"),
			room("security").mayImport(),
			room("observation").mayImport("interceptor"),
			room("converter").mayImport(),
			room("stream").mayImport(),
			room("handler").mayImport("annotation", "interceptor", "stream"),
			room("handler.route").mayImport("handler", "annotation"),
			room("handler.failure").mayImport("handler", "handler.route", "converter", "stream"),
			room("handler.method").mayImport("handler", "handler.route", "handler.failure", "annotation", "converter",
					"interceptor", "stream"),
			room("session").mayImport("connection", "memory", "protocol", "converter"),
			room("listener.admission").mayImport("connection", "memory", "protocol", "security").isClosed(),
			room("listener.dispatch").mayImport("listener.admission", "annotation", "handler", "handler.failure", "stream", "connection",
					"memory", "protocol", "observation", "interceptor").isClosed(),
			room("listener.rpc").mayImport("listener.admission", "listener.dispatch", "handler", "stream", "connection",
					"memory", "protocol", "observation").isClosed(),
			room("listener.session").mayImport("listener.admission", "listener.dispatch", "handler", "session",
					"connection", "converter", "protocol", "observation", "interceptor").isClosed(),
			room("listener").mayImport("listener.admission", "listener.dispatch", "listener.rpc", "listener.session",
					"annotation", "handler", "handler.route", "session", "connection", "memory", "converter", "protocol", "transport",
					"security", "observation", "interceptor"),
			room("client.call").mayImport("connection", "protocol", "transport", "interceptor").isClosed(),
			room("client.connection").mayImport("client.call", "connection", "protocol", "security", "transport",
					"observation"),
			room("client.shared").mayImport("client.call", "client.connection", "connection", "protocol", "transport",
					"interceptor").isClosed(),
			room("client.rpc").mayImport("client.call", "client.connection", "client.shared", "stream", "connection",
					"protocol", "observation", "interceptor").isClosed(),
			room("client.session").mayImport("client.call", "client.connection", "session", "connection", "protocol",
					"transport", "observation", "interceptor").isClosed(),
			room("client").mayImport("client.call", "client.connection", "client.shared", "client.rpc", "client.session",
					"session", "stream", "connection", "converter", "protocol", "security", "transport", "observation",
					"interceptor"),
			room("client.service").mayImport("client", "annotation", "stream"),
			room("config").mayImport("annotation", "handler.route", "handler.method", "client", "client.service"),
			room("metrics").mayImport("listener", "client.connection", "observation"),
			room("aot").mayImport(ANY).isClosed());
	// @formatter:on

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages(ROOT);

	@ParameterizedTest(name = "{0}")
	@MethodSource("rooms")
	void roomImportsOnlyWhatItMay(Room room) {
		check(noClasses().that(liveIn(room)).should().dependOnClassesThat(areClosedTo(room)));
	}

	@Test
	void everyClassLivesInARoom() {
		check(classes().should().resideInAnyPackage(ROOMS.stream().flatMap(Room::packages).toArray(String[]::new)));
	}

	@Test
	void packagesAreFreeOfCycles() {
		check(slices().assignedFrom(packages()).should().beFreeOfCycles());
	}

	/** Source, as a package's Javadoc is not in its class. */
	@ParameterizedTest(name = "{0}")
	@MethodSource("rooms")
	void closedRoomsAndNoOthersSayThatTheyAreInternal(Room room) throws IOException {
		Path source = Path.of("src/main/java", room.packageName().split("[.]"));
		assertThat(Files.readString(source.resolve("package-info.java")).contains("Internal."))
			.isEqualTo(room.closed());
	}

	@Test
	void typesForApplicationsExposeNothingInternal() {
		check(methods().that()
			.areDeclaredInClassesThat(areForApplications())
			.and(DescribedPredicate.describe("can be called", ArchitectureTests::canBeCalled))
			.should()
			.notHaveRawReturnType(isInternal())
			.andShould()
			.notHaveRawParameterTypes(DescribedPredicate.anyElementThat(isInternal()))
			.because("applications would depend on what may change"));
	}

	@Test
	void onlyTheJunixsocketTransportImportsJunixsocket() {
		onlyRoomImports("transport.junixsocket", "org.newsclub..");
	}

	@Test
	void onlyMetricsImportsMicrometerCore() {
		onlyRoomImports("metrics", "io.micrometer.core..");
	}

	@Test
	void everyLoggerIsGuarded() {
		check(noClasses().that(DescribedPredicate.not(resideInAPackage(ROOT + ".guard")))
			.should()
			.dependOnClassesThat(JavaClass.Predicates.type(LogFactory.class)));
	}

	@Test
	void nobodyImportsSpringBoot() {
		check(noClasses().should()
			.dependOnClassesThat(resideInAnyPackage("org.springframework.boot..", ROOT + ".autoconfigure..",
					ROOT + ".health..", ROOT + ".actuate..")));
	}

	/** Where a room has both, the names say which is which. */
	private static DescribedPredicate<JavaClass> areForApplications() {
		return DescribedPredicate.describe("are for applications",
				(type) -> type.getModifiers().contains(JavaModifier.PUBLIC)
						&& roomOf(type).filter((room) -> !room.closed() && isOpen(room, type)).isPresent());
	}

	private static boolean isOpen(Room room, JavaClass type) {
		String fullName = type.getName();
		String topLevel = fullName.substring(fullName.lastIndexOf('.') + 1).replaceFirst("[$].*", "");
		return switch (room.name()) {
			case "client.connection" ->
				Set.of("UdsConnectionFactory", "UdsClientStats", "Reachability").contains(topLevel);
			case "session" -> !topLevel.equals("LoopSession");
			default -> true;
		};
	}

	private static DescribedPredicate<JavaClass> isInternal() {
		return DescribedPredicate.describe("internal types",
				(type) -> isOurs(type) && !VALUES.contains(type.getSimpleName())
						&& roomOf(type).filter((room) -> room.closed() || !isOpen(room, type)).isPresent());
	}

	private static boolean canBeCalled(JavaMethod method) {
		return method.getModifiers().contains(JavaModifier.PUBLIC)
				|| method.getModifiers().contains(JavaModifier.PROTECTED);
	}

	private static void onlyRoomImports(String room, String imported) {
		check(noClasses().that(DescribedPredicate.not(resideInAPackage(ROOT + "." + room + "..")))
			.should()
			.dependOnClassesThat(resideInAPackage(imported)));
	}

	private static void check(ArchRule rule) {
		rule.check(CLASSES);
	}

	static List<Room> rooms() {
		return ROOMS;
	}

	private static DescribedPredicate<JavaClass> liveIn(Room room) {
		return DescribedPredicate.describe("live in " + room, (type) -> roomOf(type).equals(Optional.of(room)));
	}

	private static DescribedPredicate<JavaClass> areClosedTo(Room room) {
		return DescribedPredicate.describe("are closed to " + room,
				(type) -> isOurs(type) && !roomOf(type).filter(room::maySee).isPresent());
	}

	private static Optional<Room> roomOf(JavaClass type) {
		return ROOMS.stream()
			.filter((room) -> room.holds(type))
			.reduce((first, second) -> (first.name().length() > second.name().length()) ? first : second);
	}

	private static boolean isOurs(JavaClass type) {
		return type.getPackageName().equals(ROOT) || type.getPackageName().startsWith(ROOT + ".");
	}

	private static SliceAssignment packages() {
		return new SliceAssignment() {

			@Override
			public SliceIdentifier getIdentifierOf(JavaClass type) {
				return isOurs(type) ? SliceIdentifier.of(type.getPackageName()) : SliceIdentifier.ignore();
			}

			@Override
			public String getDescription() {
				return "packages";
			}

		};
	}

	private static Room room(String name) {
		return new Room(name, Set.of(), false);
	}

	private record Room(String name, Set<String> imports, boolean closed) {

		Room mayImport(String... rooms) {
			return new Room(this.name, Stream.of(rooms).collect(Collectors.toUnmodifiableSet()), this.closed);
		}

		/** No type that applications use says anything of what lives here. */
		Room isClosed() {
			return new Room(this.name, this.imports, true);
		}

		boolean maySee(Room other) {
			return other.isRoot() || other.name.equals("guard") || other.name.equals(this.name)
					|| this.imports.contains(ANY) || this.imports.contains(other.name);
		}

		boolean holds(JavaClass type) {
			String home = type.getPackageName();
			return home.equals(packageName()) || (!isRoot() && home.startsWith(packageName() + "."));
		}

		Stream<String> packages() {
			return isRoot() ? Stream.of(packageName()) : Stream.of(packageName() + "..");
		}

		private String packageName() {
			return isRoot() ? ROOT : ROOT + "." + this.name;
		}

		private boolean isRoot() {
			return this.name.isEmpty();
		}

		@Override
		public String toString() {
			return isRoot() ? "root" : this.name;
		}

	}

}
