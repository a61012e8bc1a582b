package io.spikeformer.eval;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.model.Images;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.chip.ExpandedModel;
import io.spikeformer.tasks.Answerer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Answers with a model's own buffers, which hold until its next pass.
 *
 * @param regions takes what chooses the regions of a detector
 * @param inference gives the outputs for images
 */
public record ModelAnswerer(Consumer<RegionChooser> regions, Function<Images, Outputs> inference)
    implements Answerer {
  /** The answers of a model. */
  public ModelAnswerer(SpikeformerModel model) {
    this(model::chooseRegions, model::infer);
  }

  /** The answers of the run on spikes. */
  public ModelAnswerer(ExpandedModel model) {
    this(model::chooseRegions, model::infer);
  }

  @Override
  public Outputs of(Batch batch) {
    return inference.apply(BatchImages.of(batch));
  }

  @Override
  public Outputs of(Batch batch, RegionChooser chooser) {
    regions.accept(chooser);
    return of(batch);
  }
}
