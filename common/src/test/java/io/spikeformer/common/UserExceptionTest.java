package io.spikeformer.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UserExceptionTest {
  private final Locale usual = Locale.getDefault();

  @AfterEach
  void restore() {
    Locale.setDefault(usual);
  }

  @Test
  void aMessageHasTheSameDigitsInEveryLocale() {
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));

    assertThat(String.format(Locale.getDefault(), "%.1f of %d", 1.5, 7)).isNotEqualTo("1.5 of 7");
    assertThat(new UserException("%.1f of %,d", 1.5, 7000)).hasMessage("1.5 of 7,000");
    assertThat(new StorageException("part %d", 12)).hasMessage("part 12");
    assertThat(Text.format("%x %e", 255, 0.5)).isEqualTo("ff 5.000000e-01");
  }

  @Test
  void aMessageWithoutArgumentsIsTakenAsItIs() {
    IOException cause = new IOException("disk");

    assertThat(new UserException("100% full: a%20b")).hasMessage("100% full: a%20b");
    assertThat(new UserException(cause, "100% full")).hasMessage("100% full").hasCause(cause);
    assertThat(new StorageException(cause, "50%")).hasMessage("50%").hasCause(cause);
  }

  @Test
  void aCauseIsKeptBesideAFormat() {
    IOException cause = new IOException("disk");

    assertThat(new StorageException(cause, "%s: %s", "x", 3)).hasMessage("x: 3").hasCause(cause);
  }

  @Test
  void aPathIsOneWordOfAShell() {
    assertThat(Text.shellWord("s3a://b/run-1/a.spkf")).isEqualTo("s3a://b/run-1/a.spkf");
    assertThat(Text.shellWord("my run/it's.tar")).isEqualTo("'my run/it'\\''s.tar'");
    assertThat(Text.shellWord("")).isEqualTo("''");
  }

  @Test
  void aCheckNamesWhatItRefuses() {
    Check.that(true, "never seen");

    assertThatThrownBy(() -> Check.that(false, "rate: expected > 0, found %s", -1.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rate: expected > 0, found -1.5");
  }
}
