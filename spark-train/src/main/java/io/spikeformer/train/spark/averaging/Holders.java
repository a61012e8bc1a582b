package io.spikeformer.train.spark.averaging;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.storage.BlockManagerId;

/**
 * The processes that have formed the slices of a state.
 *
 * @param bySlice one for each slice
 */
record Holders(List<Holder> bySlice) implements Serializable {
  /** The process that has formed a slice. */
  Holder of(int index) {
    return bySlice.get(index);
  }

  /** Those of the other slices, which have this one too once they have read the state. */
  List<BlockManagerId> others(int index) {
    Set<BlockManagerId> places = new LinkedHashSet<>();
    bySlice.forEach(holder -> places.add(holder.place()));
    places.remove(of(index).place());
    List<BlockManagerId> others = new ArrayList<>(places);
    // not everybody asks the same one
    Collections.rotate(others, index);
    return others;
  }
}
