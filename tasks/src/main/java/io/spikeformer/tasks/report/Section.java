package io.spikeformer.tasks.report;

import java.util.List;
import java.util.Locale;

/**
 * A section of a report.
 *
 * @param title heading
 * @param note what is shown, in a sentence or two
 * @param layout how the panels lie
 * @param panels what is shown, in reading order
 */
public record Section(String title, String note, Layout layout, List<Panel> panels) {
  /** How panels lie; charts have the width that it leaves. */
  public enum Layout {
    /** Two side by side. */
    COLUMNS,
    /** Three side by side. */
    THIRDS,
    /** One below the other, over the whole width. */
    STACKED;

    /** Its style in the page. */
    public String style() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Takes a copy of the list. */
  public Section {
    panels = List.copyOf(panels);
  }
}
