package io.spikeformer.jobs;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.spikeformer.model.SpikeformerModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

@AnalyzeClasses(packages = "io.spikeformer", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final Path PROJECT = Path.of(System.getProperty("spikeformer.root"));

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
  static final ArchRule packagesHaveNoCircles =
      slices().matching("io.spikeformer.(**)").should().beFreeOfCycles();

  /** What may depend on what is the table in docs/architecture.md. */
  @ArchTest
  static void packagesImportWhatTheTableOfTheDocumentationAllows(JavaClasses classes)
      throws IOException {
    PackageTable.read(PROJECT.resolve("docs/architecture.md")).requireEqual(imports(classes));
  }

  /** The packages that each package depends on, without the project's own prefix. */
  private static SortedMap<String, SortedSet<String>> imports(JavaClasses classes) {
    SortedMap<String, SortedSet<String>> imports = new TreeMap<>();
    for (JavaClass from : classes) {
      String own = from.getPackageName();
      SortedSet<String> others =
          imports.computeIfAbsent(PackageTable.name(own), any -> new TreeSet<>());
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        String other = dependency.getTargetClass().getBaseComponentType().getPackageName();
        if (other.startsWith(PackageTable.PREFIX) && !other.equals(own)) {
          others.add(PackageTable.name(other));
        }
      }
    }
    return imports;
  }

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
