package io.spikeformer.jobs;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.spikeformer.model.SpikeformerModel;
import java.util.List;
import java.util.Map;
import java.util.Set;

@AnalyzeClasses(packages = "io.spikeformer", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule sparkStaysInTheSparkPackagesAndTheJobs =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.spikeformer..spark..", "io.spikeformer.jobs..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "scala..");

  @ArchTest
  static final ArchRule vectorApiStaysInTheFastKernelsAndTheResize =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.spikeformer.model.kernel.fast..")
          .and()
          .haveNameNotMatching("io\\.spikeformer\\.data\\.image\\.VectorPasses(\\$.*)?")
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
          .resideInAnyPackage("org.deeplearning4j..");

  @ArchTest
  static final ArchRule modulesDependOneWay =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("model")
          .definedBy("io.spikeformer.model..")
          .layer("data")
          .definedBy("io.spikeformer.data..")
          .layer("eval")
          .definedBy("io.spikeformer.eval..")
          .layer("train")
          .definedBy("io.spikeformer.train..")
          .layer("jobs")
          .definedBy("io.spikeformer.jobs..")
          .whereLayer("jobs")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("train")
          .mayOnlyBeAccessedByLayers("jobs")
          .whereLayer("eval")
          .mayOnlyBeAccessedByLayers("train", "jobs")
          .whereLayer("data")
          .mayOnlyBeAccessedByLayers("eval", "train", "jobs")
          .withOptionalLayers(true);

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("io.spikeformer.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyMainEndsTheProcess =
      noClasses()
          .that()
          .doNotBelongToAnyOf(Main.class)
          .should()
          .callMethod(System.class, "exit", int.class);

  /**
   * Java iterates over Map.of, Set.of and their copies in an order that changes from one process to
   * the next. Constants are tables to look something up; these classes only do that, or sort at
   * once.
   */
  @ArchTest
  static final ArchRule whatIsWrittenHasAFixedOrder =
      noClasses()
          .that()
          .haveNameNotMatching(
              ".*\\.(FrameOptions|PrepareJob|PickleGlobals|FiringRatesCsv|CheckpointTeacher|OnnxFile)")
          .should()
          .callMethodWhere(
              describe(
                  "a collection gets an order of its own in every process",
                  call ->
                      !call.getOrigin().getName().equals("<clinit>")
                          && (call.getTargetOwner().isAssignableTo(Map.class) && fills(call, 3)
                              || call.getTargetOwner().isAssignableTo(Set.class)
                                  && fills(call, 2))))
          .because("equal runs write equal files: use a LinkedHashMap, a TreeMap or a record");

  /** Whether a collection is made that has more than one element, or may have. */
  private static boolean fills(JavaMethodCall call, int parameters) {
    List<JavaClass> types = call.getTarget().getRawParameterTypes();
    return switch (call.getName()) {
      case "ofEntries", "copyOf" -> true;
      case "of" -> types.size() >= parameters || types.size() == 1 && types.get(0).isArray();
      default -> false;
    };
  }
}
