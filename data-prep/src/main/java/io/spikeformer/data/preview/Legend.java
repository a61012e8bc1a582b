package io.spikeformer.data.preview;

import io.spikeformer.data.image.Lettering;
import io.spikeformer.data.image.RgbImage;
import java.util.ArrayList;
import java.util.List;

/** The legend of label maps: a patch of colour and a name for each class. */
final class Legend {
  private static final int CAPITAL = 9;
  private static final int ROW = 18;
  private static final int PATCH = 11;
  private static final int GAP = 6;
  private static final int MOST = 60;
  private static final int PAPER = 0xffffff;
  private static final int INK = 0x202020;

  private Legend() {}

  /**
   * One class.
   *
   * @param colour of its pixels, 0xRRGGBB
   * @param text drawable
   */
  record Entry(int colour, String text) {}

  /**
   * The picture with its legend below.
   *
   * @param entries in their order; of many the first alone
   */
  static RgbImage below(RgbImage picture, List<Entry> entries) {
    List<Lettering> names = new ArrayList<>();
    for (Entry entry : entries.subList(0, Math.min(MOST, entries.size()))) {
      names.add(Lettering.of(entry.text(), CAPITAL));
    }
    String more = entries.size() > MOST ? "and " + (entries.size() - MOST) + " more" : "";
    if (!more.isEmpty()) {
      names.add(Lettering.of(more, CAPITAL));
    }
    int column = GAP + PATCH + GAP + names.stream().mapToInt(Lettering::width).max().orElse(0);
    int width = Math.max(picture.width(), column + GAP);
    int columns = Math.max(1, (width - GAP) / column);
    int rows = (names.size() + columns - 1) / columns;
    Canvas canvas = new Canvas(picture.height() + rows * ROW + 2 * GAP, width).fill(PAPER);
    canvas.paste(picture, 0, 0);
    for (int i = 0; i < names.size(); i++) {
      int top = picture.height() + GAP + i % rows * ROW;
      int left = GAP + i / rows * column;
      if (i < MOST) {
        int patch = top + (ROW - PATCH) / 2;
        canvas.rectangle(patch, left, PATCH, PATCH, entries.get(i).colour());
      }
      Lettering name = names.get(i);
      canvas.write(name, top + (ROW - name.height()) / 2, left + PATCH + GAP, INK);
    }
    return canvas.image();
  }
}
