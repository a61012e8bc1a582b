package io.spikeformer.model.config;

import io.spikeformer.model.config.SemanticFpn.Fuse;
import java.util.List;

/**
 * Semantic FPN: gives a class to every pixel.
 *
 * @param reads maps of falling size
 * @param widths channels of the maps
 * @param outputs classes
 */
public record SemanticFpnHeadSpec(
    String name, List<String> reads, List<Integer> widths, int outputs, SemanticFpn form)
    implements BlockSpec {
  @Override
  public int inputs() {
    return widths.get(0);
  }

  @Override
  public BlockKind kind() {
    return BlockKind.HEAD;
  }

  @Override
  public Fuse fuse() {
    return form.fuse();
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.semanticFpnHead(this);
  }
}
