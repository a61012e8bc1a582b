package io.spikeformer.eval;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.spikeformer.eval", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule packagesHaveNoCircles =
      slices().matching("io.spikeformer.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule sparkStaysInItsPackage =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.spikeformer.eval.spark..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "scala..");

  @ArchTest
  static final ArchRule noTaskIsKnown =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.spikeformer.tasks.classification..");
}
