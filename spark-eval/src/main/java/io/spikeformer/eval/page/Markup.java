package io.spikeformer.eval.page;

import io.spikeformer.common.Text;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes HTML and SVG. Every text and attribute value is escaped, so no name of a class or a file
 * can become markup.
 */
public final class Markup {
  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /** A document type or another declaration, given by the program itself. */
  public Markup declaration(String text) {
    out.append("<!").append(text).append(">\n");
    return this;
  }

  /**
   * Opens an element.
   *
   * @param attributes names and values in turn
   */
  public Markup open(String tag, String... attributes) {
    tag(tag, attributes);
    open.push(tag);
    return this;
  }

  /** Closes the innermost open element. */
  public Markup close() {
    out.append("</").append(open.pop()).append(">\n");
    return this;
  }

  /** An HTML element that has no content and no end tag. */
  public Markup single(String tag, String... attributes) {
    tag(tag, attributes);
    out.append('\n');
    return this;
  }

  /** An element that holds text. */
  public Markup element(String tag, String text, String... attributes) {
    return open(tag, attributes).text(text).close();
  }

  /** Text. */
  public Markup text(String text) {
    escape(text);
    return this;
  }

  /**
   * A style sheet, which browsers read without unescaping.
   *
   * @throws IllegalArgumentException if it could end the style element
   */
  public Markup style(String css) {
    if (css.contains("</")) {
      throw new IllegalArgumentException("style sheet: expected no '</' in it");
    }
    out.append("<style>\n").append(css).append("</style>\n");
    return this;
  }

  /**
   * A script of the program itself, which browsers read without unescaping.
   *
   * @throws IllegalArgumentException if it could end the script element
   */
  public Markup script(String text) {
    if (text.contains("</") || text.contains("<!")) {
      throw new IllegalArgumentException("script: expected no '</' and no '<!' in it");
    }
    out.append("<script>\n").append(text).append("</script>\n");
    return this;
  }

  private void tag(String tag, String... attributes) {
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      out.append('"');
    }
    out.append('>');
  }

  private void escape(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        // HTML allows no other control characters, not even as references
        default -> out.append(Character.isISOControl(c) && c != '\n' && c != '\t' ? '\uFFFD' : c);
      }
    }
  }

  /** The document; all elements must have been closed. */
  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException(
          Text.format("markup: expected all elements closed, found %s", open));
    }
    return out.toString();
  }
}
