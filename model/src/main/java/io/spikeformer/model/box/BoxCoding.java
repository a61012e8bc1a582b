package io.spikeformer.model.box;

/**
 * Boxes as differences from others (Girshick et al., 2014), in float32:
 *
 * <pre>
 * dx = (x - x_p) / w_p / placeScale     dw = log(w / w_p) / sizeScale
 * </pre>
 *
 * <p>and the same for y and h; x, y are centres and p marks the box that is refined.
 *
 * @param placeScale unit of dx and dy
 * @param sizeScale unit of dw and dh
 */
public record BoxCoding(float placeScale, float sizeScale) {
  /** The coding of proposals from anchors. */
  public static final BoxCoding PROPOSALS = new BoxCoding(1, 1);

  /** The coding of detections from proposals. */
  public static final BoxCoding DETECTIONS = new BoxCoding(0.1f, 0.2f);

  // a size grows or shrinks at most by the factor 1000 / 16
  private static final float LARGEST = (float) Math.log(1000.0 / 16);

  /**
   * The differences of one box.
   *
   * @param priors the boxes that are refined; the one at prior has an area
   * @param objects the boxes to be described; the one at object has an area
   * @param deltas receives dx, dy, dw, dh at the index at
   */
  public void encode(Boxes priors, int prior, Boxes objects, int object, float[] deltas, int at) {
    float width = priors.width(prior);
    float height = priors.height(prior);
    float x = (objects.left(object) + objects.right(object)) / 2;
    float y = (objects.top(object) + objects.bottom(object)) / 2;
    deltas[at] = (x - (priors.left(prior) + priors.right(prior)) / 2) / width / placeScale;
    deltas[at + 1] = (y - (priors.top(prior) + priors.bottom(prior)) / 2) / height / placeScale;
    deltas[at + 2] = (float) Math.log(objects.width(object) / width) / sizeScale;
    deltas[at + 3] = (float) Math.log(objects.height(object) / height) / sizeScale;
  }

  /**
   * The box of differences; the logarithms are first limited to +-4.135.
   *
   * @param deltas dx, dy, dw, dh at the index from
   * @param corners receives left, top, right, bottom at the index to
   */
  public void decode(Boxes priors, int prior, float[] deltas, int from, float[] corners, int to) {
    float width = priors.width(prior);
    float height = priors.height(prior);
    float x = (priors.left(prior) + priors.right(prior)) / 2;
    float y = (priors.top(prior) + priors.bottom(prior)) / 2;
    x += width * (deltas[from] * placeScale);
    y += height * (deltas[from + 1] * placeScale);
    width *= factor(deltas[from + 2]);
    height *= factor(deltas[from + 3]);
    corners[to] = x - width / 2;
    corners[to + 1] = y - height / 2;
    corners[to + 2] = x + width / 2;
    corners[to + 3] = y + height / 2;
  }

  private float factor(float delta) {
    return (float) Math.exp(Math.min(LARGEST, Math.max(-LARGEST, delta * sizeScale)));
  }

  /**
   * Decodes all.
   *
   * @param deltas [n, k, 4] for n priors
   * @return n * k boxes
   */
  public Boxes decode(Boxes priors, float[] deltas) {
    float[] corners = new float[deltas.length];
    int each = priors.count() == 0 ? 1 : deltas.length / Boxes.CORNERS / priors.count();
    for (int i = 0; i < deltas.length / Boxes.CORNERS; i++) {
      decode(priors, i / each, deltas, Boxes.CORNERS * i, corners, Boxes.CORNERS * i);
    }
    return new Boxes(corners);
  }
}
