package io.spikeformer.tasks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.spikeformer.tasks", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule whatTasksShareKnowsNoTask =
      noClasses()
          .that()
          .resideInAnyPackage("io.spikeformer.tasks", "io.spikeformer.tasks.report")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.spikeformer.tasks.classification..");
}
