package io.brpc;

import java.lang.annotation.Annotation;
import java.util.List;
import java.util.Set;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

/**
 * The picture of the packages, see docs/design.md.
 */
@AnalyzeClasses(packages = "io.brpc", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {

	@ArchTest
	static final ArchRule packagesDependInOneDirection = layeredArchitecture().consideringOnlyDependenciesInLayers()
		.layer("api")
		.definedBy("io.brpc")
		.layer("quic")
		.definedBy("io.brpc.internal.quic")
		.layer("h2")
		.definedBy("io.brpc.internal.h2")
		.layer("brpc2")
		.definedBy("io.brpc.internal.brpc2..")
		.layer("connection")
		.definedBy("io.brpc.internal.connection")
		.layer("server")
		.definedBy("io.brpc.server")
		.layer("client")
		.definedBy("io.brpc.client")
		.whereLayer("api")
		.mayNotAccessAnyLayer()
		.whereLayer("quic")
		.mayOnlyAccessLayers("api")
		.whereLayer("h2")
		.mayOnlyAccessLayers("quic", "api")
		.whereLayer("brpc2")
		.mayOnlyAccessLayers("quic", "api")
		.whereLayer("connection")
		.mayOnlyAccessLayers("h2", "brpc2", "quic", "api")
		.whereLayer("server")
		.mayOnlyAccessLayers("connection", "h2", "brpc2", "quic", "api")
		.whereLayer("client")
		.mayOnlyAccessLayers("connection", "h2", "brpc2", "quic", "api");

	@ArchTest
	static final ArchRule packagesHaveNoCycles = SlicesRuleDefinition.slices()
		.matching("io.brpc.(**)")
		.should()
		.beFreeOfCycles();

	@ArchTest
	static final ArchRule onlyH2KnowsHttp2 = noClasses().that()
		.resideOutsideOfPackage("io.brpc.internal.h2")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.netty.handler.codec.http2..", "io.grpc.netty..");

	@ArchTest
	static final ArchRule onlyQuicConfiguresTheCodec = noClasses().that()
		.resideOutsideOfPackage("io.brpc.internal.quic")
		.should()
		.dependOnClassesThat()
		.haveNameMatching("io\\.netty\\.handler\\.codec\\.quic\\.Quic(Server|Client|Ssl|.*Token|.*Codec).*");

	@ArchTest
	static final ArchRule coreKnowsNoSpring = noClasses().should()
		.dependOnClassesThat()
		.resideInAPackage("org.springframework..");

	@ArchTest
	static final ArchRule coreUsesNoGrpcInternals = noClasses().should()
		.dependOnClassesThat()
		.resideInAPackage("io.grpc.internal..");

	@ArchTest
	static final ArchRule coreUsesNoGuava = noClasses().should()
		.dependOnClassesThat()
		.resideInAPackage("com.google.common..");

	@ArchTest
	static final ArchRule publicSignaturesShowNeitherNettyNorInternals = classes().that()
		.resideInAnyPackage("io.brpc", "io.brpc.server", "io.brpc.client")
		.and()
		.arePublic()
		.should(new PublicSignatures());

	@ArchTest
	static void packagesAreNullMarked(JavaClasses classes) {
		Set<String> packages = Set.copyOf(classes.stream().map(JavaClass::getPackageName).toList());
		for (String name : packages) {
			if (!isAnnotated(name, NullMarked.class)) {
				throw new AssertionError(name + " is not @NullMarked");
			}
		}
	}

	private static boolean isAnnotated(String packageName, Class<? extends Annotation> annotation) {
		try {
			return Class.forName(packageName + ".package-info").isAnnotationPresent(annotation);
		}
		catch (ClassNotFoundException ex) {
			return false;
		}
	}

	/**
	 * Whatever an application can name: parameters, results and exceptions of public
	 * methods and constructors, and public fields.
	 */
	private static final class PublicSignatures extends ArchCondition<JavaClass> {

		private static final List<String> HIDDEN = List.of("io.netty.", "io.brpc.internal.");

		private final DescribedPredicate<JavaClass> hidden = DescribedPredicate.describe("hidden",
				(type) -> HIDDEN.stream().anyMatch(type.getBaseComponentType().getName()::startsWith));

		PublicSignatures() {
			super("show neither Netty nor internal types");
		}

		@Override
		public void check(JavaClass type, ConditionEvents events) {
			for (JavaCodeUnit unit : type.getCodeUnits()) {
				if (unit.getModifiers().contains(JavaModifier.PUBLIC)) {
					unit.getAllInvolvedRawTypes()
						.stream()
						.filter(this.hidden)
						.forEach((shown) -> events.add(
								SimpleConditionEvent.violated(unit, unit.getFullName() + " shows " + shown.getName())));
				}
			}
			for (JavaField field : type.getFields()) {
				if (field.getModifiers().contains(JavaModifier.PUBLIC) && this.hidden.test(field.getRawType())) {
					events.add(SimpleConditionEvent.violated(field, field.getFullName() + " shows a hidden type"));
				}
			}
		}

	}

}
