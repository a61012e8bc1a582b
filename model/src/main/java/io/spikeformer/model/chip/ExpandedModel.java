package io.spikeformer.model.chip;

import io.spikeformer.common.UserException;
import io.spikeformer.model.Images;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.chip.ChipKernels.Form;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.MaskRcnnHeadSpec;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.kernel.Kernels;

/**
 * A trained network of integers, run as a chip would: D binary spikes for an integer, additions
 * alone. Every batch also runs with integers, and the two are compared.
 */
public final class ExpandedModel implements AutoCloseable {
  private final ExpansionCounts counts = new ExpansionCounts();
  private final ChipKernels chip;
  private final SpikeformerModel model;
  private final int levels;
  // null: no heads read regions
  private RegionChooser chooser;
  // null: nothing is counted
  private FiringCounts firing;

  /**
   * A network and its state.
   *
   * @param state as of {@link SpikeformerModel#state()}
   * @param kernels for everything except the products of integers
   * @throws UserException if it fires no integers
   */
  public ExpandedModel(
      NetworkConfig config, float[] state, Kernels kernels, ChipArithmetic arithmetic) {
    NetworkConfig expanded = expand(config);
    levels = expanded.neuron().integers().levels();
    chip = new ChipKernels(kernels, arithmetic, counts, levels);
    model = SpikeformerModel.create(expanded, chip.kernels(), 0);
    model.state().put(state);
    chip.names(model.merge());
  }

  /**
   * The network as it runs here. What does not read integers computes in float32: bfloat16 would
   * round sums of integers and sums of spikes differently.
   *
   * @throws UserException if it fires no integers, or a layer behind the first one multiplies real
   *     numbers
   */
  public static NetworkConfig expand(NetworkConfig config) {
    if (config.neuron().integers() == null || config.neuron().integers().levels() == 1) {
      throw new UserException(
          "expand: expected a model that fires integers, found %s, whose neurons fire binary spikes"
              + " already; leave --expand out",
          config.name());
    }
    for (BlockSpec block : config.blocks()) {
      if (block instanceof MaskRcnnHeadSpec head
          && head.form().predictor() == MaskRcnn.Predictor.MEMBRANE) {
        throw new UserException(
            "expand: layers %1$s.box_score and %1$s.box_delta of %2$s: expected layers that read"
                + " spikes, found mask-rcnn.predictor=membrane, with which they multiply real"
                + " numbers; leave --expand out",
            head.name(), config.name());
      }
    }
    return config.withPrecision(Precision.FLOAT32);
  }

  /** Takes what chooses the regions of a detector's heads, in both runs. */
  public void chooseRegions(RegionChooser newChooser) {
    chooser = newChooser;
    model.chooseRegions(newChooser);
  }

  /** The outputs of the run on spikes, valid until the next pass; both runs are compared. */
  public Outputs infer(Images images) {
    model.collect(null);
    chip.begin(Form.INTEGERS);
    Answers answers = Answers.of(model.infer(images), images.batch(), chooser);
    FiredIntegers integers = chip.fired();
    FiringCounts pass =
        FiringCounts.readBy(
            model.config().timesteps(),
            (layer, fired) -> counts.addSlots(layer, levels, chip.integers(fired)));
    model.collect(pass);
    chip.begin(Form.SPIKES);
    Outputs outputs = model.infer(images);
    counts.addImages(images.batch());
    counts.addIntegers(integers.from(chip.fired()));
    counts.addAnswers(answers.from(Answers.of(outputs, images.batch(), chooser)));
    if (firing != null) {
      firing.merge(pass);
    }
    return outputs;
  }

  /** Counts what later runs on spikes fire; stops counting if null. */
  public void collect(FiringCounts newFiring) {
    firing = newFiring;
  }

  /** The comparison so far. */
  public ExpansionCounts counts() {
    return counts;
  }

  @Override
  public void close() {
    model.close();
    chip.close();
  }
}
