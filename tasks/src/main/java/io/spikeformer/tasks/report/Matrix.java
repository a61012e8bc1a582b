package io.spikeformer.tasks.report;

import java.util.List;

/**
 * A square heat map: colour is a share of a row, on a square-root scale so that small ones show.
 *
 * @param title for those who cannot see it
 * @param size rows and columns
 * @param names of rows and columns; none if there are too many to print
 * @param note above the columns where there are no names
 * @param legend what the colours on the diagonal and beside it mean
 * @param cells those that are not empty
 */
public record Matrix(
    String title, int size, List<String> names, String note, Legend legend, List<Cell> cells)
    implements Panel {
  /** Takes copies. */
  public Matrix {
    names = List.copyOf(names);
    cells = List.copyOf(cells);
  }

  /**
   * The meaning of the two colours.
   *
   * @param diagonal of cells on the diagonal
   * @param beside of the others
   */
  public record Legend(String diagonal, String beside) {}

  /**
   * A cell; on the diagonal it is right, elsewhere wrong.
   *
   * @param row from 0
   * @param column from 0
   * @param share of the row, 0 to 1
   * @param text in the cell if it fits
   * @param tooltip shown on hovering
   */
  public record Cell(int row, int column, double share, String text, String tooltip) {}
}
