package io.spikeformer.data.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.shard.ManifestFormat;
import org.junit.jupiter.api.Test;

class RejectionTest {
  @Test
  void isReadAsItWasWrittenAlsoBeforeThereWereLabelImages() {
    Rejection pair = new Rejection("a.jpg", "a.png", "empty file");

    assertThat(ManifestFormat.fromJson(ManifestFormat.toJson(pair), Rejection.class))
        .isEqualTo(pair);
    assertThat(ManifestFormat.toJson(new Rejection("a.jpg", "empty file")))
        .isEqualTo("{\"path\":\"a.jpg\",\"reason\":\"empty file\"}");
    assertThat(
            ManifestFormat.fromJson(
                "{\"path\":\"a.jpg\",\"reason\":\"empty file\"}", Rejection.class))
        .isEqualTo(new Rejection("a.jpg", "empty file"));
    assertThatThrownBy(() -> ManifestFormat.fromJson("{\"path\":\"a.jpg\"}", Rejection.class))
        .isInstanceOf(UserException.class);
  }
}
