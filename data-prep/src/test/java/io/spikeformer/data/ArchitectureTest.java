package io.spikeformer.data;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "io.spikeformer.data",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule SPARK_STAYS_IN_ITS_PACKAGE =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.spikeformer.data.spark..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "scala..", "com.esotericsoftware..");

  @ArchTest
  static final ArchRule ONLY_THE_IMAGE_PACKAGE_KNOWS_OPENCV =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.spikeformer.data.image..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.bytedeco..");

  @ArchTest
  static final ArchRule PACKAGES_DO_NOT_DEPEND_IN_CIRCLES =
      slices().matching("io.spikeformer.data.(*)..").should().beFreeOfCycles();
}
