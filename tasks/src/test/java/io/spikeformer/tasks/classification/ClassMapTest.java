package io.spikeformer.tasks.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.tasks.ModelClasses;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassMapTest {
  private static final String ALL = "cat dog ship truck";

  private static ClassMap map(String model, ClassMatching wanted, String data) {
    return ClassMap.of(new ModelClasses("model m", names(model)), 4, wanted, "data d", names(data));
  }

  private static List<String> names(String text) {
    return text == null ? List.of() : List.of(text.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "cat dog ship truck, ORDER,  cat dog ship truck, ORDER,     0 1 2 3",
    ",                   ORDER,  cat dog ship truck, UNCHECKED, 0 1 2 3",
    "cat dog ship truck, NAME,   cat dog ship truck, NAME,      0 1 2 3",
    "cat dog ship truck, NAME,   truck dog,          NAME,      3 1",
    "cat dog ship truck, NUMBER, 3 0 2,              NUMBER,    3 0 2",
    ",                   NUMBER, 0 01,               NUMBER,    0 1",
  })
  void findsTheDatasClasses(
      String model, ClassMatching wanted, String data, ClassMatching found, String outputs) {
    ClassMap map = map(model, wanted, data);
    assertThat(map.matching()).isEqualTo(found);
    assertThat(map.names()).isEqualTo(names(data));
    assertThat(map.outputs())
        .containsExactly(names(outputs).stream().mapToInt(Integer::parseInt).toArray());
  }

  /** The first is the fault of the issue: one class renamed so that the order shifts. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          cat dog ship truck | ORDER  | dog ship truck tabby | model m and data d: expected the same classes in the same order, found 4 and 4 of them, the first difference at label 0 (cat, dog); the model has no class tabby: give data with its names, or another model
          cat dog ship truck | ORDER  | cat dog ship         | model m and data d: expected the same classes in the same order, found 4 and 3 of them, the first difference at label 3 (truck, none); --map-classes name finds them by name
          cat dog ship truck | ORDER  | dog cat truck ship   | model m and data d: expected the same classes in the same order, found 4 and 4 of them, the first difference at label 0 (cat, dog); --map-classes name finds them by name
          cat dog ship truck | ORDER  | 0 1 2 3              | model m and data d: expected the same classes in the same order, found 4 and 4 of them, the first difference at label 0 (cat, 0); --map-classes number takes the names for labels of the model
                             | ORDER  | cat dog              | model m and data d: expected 4 classes as the model has, found 2; give the data or the model of the other
                             | ORDER  | 1 3                  | model m and data d: expected 4 classes as the model has, found 2; --map-classes number takes the names for labels of the model
          cat dog ship truck | NAME   | cat tabby dig        | model m and data d: expected the data's classes among the 4 of the model, found tabby at label 1, which is none of them; prepare the data without it, or with the model's name for it
                             | NAME   | cat                  | model m: expected the names of its classes for --map-classes name, found none; export the model and import it with import-torch --classes-of
          cat dog ship truck | NUMBER | 0 4                  | model m and data d: expected names of the data's classes that are different labels of the model, 0 to 3, for --map-classes number, found 4 at label 1; name the folders so, or use --map-classes name
          cat dog ship truck | NUMBER | cat                  | model m and data d: expected names of the data's classes that are different labels of the model, 0 to 3, for --map-classes number, found cat at label 0; name the folders so, or use --map-classes name
          cat dog ship truck | NUMBER | 1 01                 | model m and data d: expected names of the data's classes that are different labels of the model, 0 to 3, for --map-classes number, found 01 at label 1; name the folders so, or use --map-classes name
          """)
  void otherClassesAreRefused(String model, ClassMatching wanted, String data, String message) {
    assertThatThrownBy(() -> map(model, wanted, data))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
  }

  @Test
  void restrictsEveryRowToTheDatasClassesInTheirOrder() {
    float[] logits = {1, 2, 3, 4, 5, 6, 7, 8};
    assertThat(map(ALL, ClassMatching.NAME, "ship cat").restrict(logits, 4))
        .containsExactly(3, 1, 7, 5);
    assertThat(map(ALL, ClassMatching.ORDER, ALL).restrict(logits, 4)).isSameAs(logits);
  }
}
