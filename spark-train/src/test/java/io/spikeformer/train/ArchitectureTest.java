package io.spikeformer.train;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.spikeformer.train.output.EpochMetrics;

@AnalyzeClasses(packages = "io.spikeformer.train", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule packagesHaveNoCircles =
      slices().matching("io.spikeformer.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule sparkStaysInItsPackage =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.spikeformer.train.spark..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "scala..");

  @ArchTest
  static final ArchRule trainingKnowsTheModelOnlyFromOutside =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.deeplearning4j..", "org.nd4j..", "jdk.incubator..");

  /** The metrics of an epoch also read lines from before there were other tasks. */
  @ArchTest
  static final ArchRule noTaskIsKnown =
      noClasses()
          .that()
          .doNotBelongToAnyOf(EpochMetrics.class)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.spikeformer.tasks.classification..");
}
