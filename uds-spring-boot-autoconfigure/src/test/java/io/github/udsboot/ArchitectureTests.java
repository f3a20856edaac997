package io.github.udsboot;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * Who may import whom in this module; the rooms of the runtime have rules of their own.
 */
class ArchitectureTests {

	private static final String ROOT = "io.github.udsboot";

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.withImportOption((location) -> location.contains("autoconfigure"))
		.importPackages(ROOT);

	@Test
	void nobodyImportsAutoConfiguration() {
		check(noClasses().that(resideOutsideOfPackages(ROOT + ".autoconfigure.."))
			.should()
			.dependOnClassesThat(resideInAPackage(ROOT + ".autoconfigure..")));
	}

	@Test
	void nobodyImportsDiagnostics() {
		check(noClasses().that(resideOutsideOfPackages(ROOT + ".diagnostics"))
			.should()
			.dependOnClassesThat(resideInAPackage(ROOT + ".diagnostics..")));
	}

	@Test
	void onlyItsAutoConfigurationImportsHealth() {
		check(noClasses().that(resideOutsideOfPackages(ROOT + ".health", ROOT + ".autoconfigure.health"))
			.should()
			.dependOnClassesThat(resideInAPackage(ROOT + ".health..")));
	}

	@Test
	void listenersAndClientsAreConfiguredWithoutEachOther() {
		check(noClasses().that(resideInAPackage(ROOT + ".autoconfigure.listener"))
			.should()
			.dependOnClassesThat(resideInAPackage(ROOT + ".autoconfigure.client")));
		check(noClasses().that(resideInAPackage(ROOT + ".autoconfigure.client"))
			.should()
			.dependOnClassesThat(resideInAPackage(ROOT + ".autoconfigure.listener")));
	}

	@Test
	void optionalLibrariesStayInTheirRooms() {
		check(noClasses().that(resideOutsideOfPackages(ROOT + ".health..", ROOT + ".autoconfigure.health.."))
			.should()
			.dependOnClassesThat(resideInAPackage("org.springframework.boot.health..")));
		check(noClasses()
			.that(resideOutsideOfPackages(ROOT + ".autoconfigure.metrics..", ROOT + ".autoconfigure.observation.."))
			.should()
			.dependOnClassesThat(resideInAPackage("io.micrometer..")));
		check(noClasses().that(resideOutsideOfPackages(ROOT + ".autoconfigure.audit.."))
			.should()
			.dependOnClassesThat(resideInAPackage("org.springframework.boot.actuate..")));
		check(noClasses().that(resideOutsideOfPackages(ROOT + ".autoconfigure.logging.."))
			.should()
			.dependOnClassesThat(resideInAPackage("org.slf4j..")));
		check(noClasses().that(areNot("JacksonConfiguration"))
			.should()
			.dependOnClassesThat(resideInAPackage("tools.jackson..")));
	}

	@Test
	void springSecurityStaysInItsRooms() {
		check(noClasses().that(resideOutsideOfPackages(ROOT + ".springsecurity", ROOT + ".autoconfigure.security"))
			.should()
			.dependOnClassesThat(resideInAPackage("org.springframework.security..")));
		check(noClasses().that(resideOutsideOfPackages(ROOT + ".springsecurity", ROOT + ".autoconfigure.security"))
			.should()
			.dependOnClassesThat(resideInAPackage(ROOT + ".springsecurity")));
	}

	@Test
	void reactorStaysWhereItIsOptional() {
		check(noClasses().that(areNot("ReactiveSecurityContextPostProcessor").and(areNot("ReactorConfiguration")))
			.should()
			.dependOnClassesThat(resideInAnyPackage("reactor..", "org.reactivestreams..")));
	}

	@Test
	void packagesAreFreeOfCycles() {
		check(slices().matching(ROOT + ".(**)").should().beFreeOfCycles());
	}

	private static DescribedPredicate<JavaClass> areNot(String simpleName) {
		return DescribedPredicate.describe("are not " + simpleName, (type) -> !type.getSimpleName().equals(simpleName));
	}

	private static void check(ArchRule rule) {
		assertClassesWereFound();
		rule.check(CLASSES);
	}

	private static void assertClassesWereFound() {
		if (CLASSES.stream().noneMatch((type) -> type.getSimpleName().equals("UdsAutoConfiguration"))) {
			throw new AssertionError("The classes of this module were not found");
		}
	}

}
