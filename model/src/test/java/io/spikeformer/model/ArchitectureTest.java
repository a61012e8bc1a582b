package io.spikeformer.model;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.spikeformer.model", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule packagesHaveNoCircles =
      slices().matching("io.spikeformer.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule vectorApiStaysInTheFastKernels =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.spikeformer.model.kernel.fast..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jdk.incubator.vector..");

  @ArchTest
  static final ArchRule dl4jStaysInTheLayerPackageAndItsFacade =
      noClasses()
          .that(
              not(
                  resideInAPackage("io.spikeformer.model.layer..")
                      .or(belongToAnyOf(SpikeformerModel.class))))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.deeplearning4j..");
}
