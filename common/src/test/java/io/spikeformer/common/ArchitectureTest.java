package io.spikeformer.common;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.spikeformer.common", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule packagesHaveNoCircles =
      slices().matching("io.spikeformer.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule theGroundFloorStandsOnTheJdk =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..", "io.spikeformer.common..", "com.google.errorprone.annotations..");

  /** Every module has this rule; here it sees a package and one below that depend on each other. */
  @ArchTest
  static void circlesBetweenAPackageAndOneBelowAreSeen(JavaClasses without) {
    JavaClasses circle = new ClassFileImporter().importPackages("io.spikeformer.common.circle");

    assertThat(circle).hasSize(2);
    assertThat(packagesHaveNoCircles.evaluate(circle).getFailureReport().getDetails())
        .singleElement()
        .asString()
        .contains("Cycle detected: Slice common.circle", "Slice common.circle.inner");
    assertThat(packagesHaveNoCircles.evaluate(without).hasViolation()).isFalse();
  }
}
