package io.spikeformer.tasks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

@AnalyzeClasses(packages = "io.spikeformer.tasks", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] TASKS = {
    "io.spikeformer.tasks.classification..",
    "io.spikeformer.tasks.detection..",
    "io.spikeformer.tasks.segmentation.."
  };

  @ArchTest
  static final ArchRule whatTasksShareKnowsNoTask =
      noClasses()
          .that()
          .resideInAnyPackage("io.spikeformer.tasks", "io.spikeformer.tasks.report")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(TASKS);

  @ArchTest
  static final ArchRule noTaskKnowsAnother =
      SlicesRuleDefinition.slices()
          .matching("io.spikeformer.tasks.(classification|detection|segmentation)")
          .should()
          .notDependOnEachOther();
}
