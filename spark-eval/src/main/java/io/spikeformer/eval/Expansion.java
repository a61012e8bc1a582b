package io.spikeformer.eval;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.model.chip.ExpansionCounts;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the run of a chip, on binary spikes, compares with that of integers (docs/integer.md).
 *
 * @param images images that ran both ways
 * @param answers answers that were compared: images, pixels of logits, or boxes that either keeps
 * @param differingAnswers those that are others, see {@link ExpansionCounts#differingAnswers}
 * @param integers integers that were compared: one for each neuron and timestep
 * @param differingIntegers those that differ
 * @param additions performed additions of all images, by layer in the order of the data
 * @param slots spikes of every layer of neurons, slot by slot, counted in the run on spikes; empty
 *     of results that are older than these counts
 */
public record Expansion(
    long images,
    long answers,
    long differingAnswers,
    long integers,
    long differingIntegers,
    Map<String, Long> additions,
    List<SlotFiring> slots) {

  /** Copies the list. */
  public Expansion {
    slots = List.copyOf(slots);
  }

  /** The comparison of counts; empty if nothing ran so. */
  public static Optional<Expansion> of(ExpansionCounts counts) {
    return counts.images() == 0
        ? Optional.empty()
        : Optional.of(
            new Expansion(
                counts.images(),
                counts.answers(),
                counts.differingAnswers(),
                counts.integers(),
                counts.differingIntegers(),
                counts.additions(),
                counts.layers().stream()
                    .map(
                        layer -> new SlotFiring(layer, counts.neurons(layer), counts.spikes(layer)))
                    .toList()));
  }

  /** The comparison in one line. */
  public String text() {
    long all = additions.values().stream().mapToLong(Long::longValue).sum();
    return Text.format(
        "%s of %s integers and %s of %s answers differ between integers and spikes; %s additions an"
            + " image",
        Numbers.count(differingIntegers),
        Numbers.count(integers),
        Numbers.count(differingAnswers),
        Numbers.count(answers),
        Numbers.count(all / images));
  }
}
