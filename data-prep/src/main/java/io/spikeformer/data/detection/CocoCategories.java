package io.spikeformer.data.detection;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The 80 classes of COCO's objects and their ids, 1 to 90 with gaps. */
public final class CocoCategories {
  private static final List<String> NAMES =
      Arrays.stream(
              """
              person, bicycle, car, motorcycle, airplane, bus, train, truck, boat,
              traffic light, fire hydrant, stop sign, parking meter, bench, bird, cat, dog,
              horse, sheep, cow, elephant, bear, zebra, giraffe, backpack, umbrella, handbag,
              tie, suitcase, frisbee, skis, snowboard, sports ball, kite, baseball bat,
              baseball glove, skateboard, surfboard, tennis racket, bottle, wine glass, cup,
              fork, knife, spoon, bowl, banana, apple, sandwich, orange, broccoli, carrot,
              hot dog, pizza, donut, cake, chair, couch, potted plant, bed, dining table,
              toilet, tv, laptop, mouse, remote, keyboard, cell phone, microwave, oven,
              toaster, sink, refrigerator, book, clock, vase, scissors, teddy bear,
              hair drier, toothbrush
              """
                  .split(","))
          .map(String::strip)
          .toList();

  /** Ids up to 90 that no class has. */
  private static final List<Integer> UNUSED = List.of(12, 26, 29, 30, 45, 66, 68, 69, 71, 83);

  private static final List<Integer> IDS =
      IntStream.rangeClosed(1, 90).boxed().filter(id -> !UNUSED.contains(id)).toList();

  private CocoCategories() {}

  /** The names by label: in the order of the ids. */
  public static List<String> names() {
    return NAMES;
  }

  /** The id of a label. */
  public static long id(int label) {
    return IDS.get(label);
  }
}
