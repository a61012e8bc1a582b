package io.spikeformer.model.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.spikeformer.model.config.MetaSpikeFormerConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The names and shapes of E-SpikeFormer's released checkpoints. */
class ReleasedSuccessorNamesTest {
  @Test
  void namesAndShapesAreTheReleasedOnes() {
    assertThat(TorchNames.of(MetaSpikeFormerConfig.preset("e-spikeformer-5m")))
        .extracting(TorchNames.Named::name, TorchNames.Named::shape)
        .contains(
            tuple("downsample1_1.encode_conv.bias", List.of(16L)),
            tuple("ConvBlock1_1.0.Conv.pwconv1.0.weight", List.of(32L, 16L, 1L, 1L)),
            tuple("ConvBlock2_2.0.Conv.dwconv.0.weight", List.of(128L, 1L, 7L, 7L)),
            tuple("ConvBlock2_2.0.Conv.dwconv.1.running_var", List.of(128L)),
            tuple("ConvBlock1_2.0.conv2.weight", List.of(32L, 128L, 3L, 3L)),
            tuple("ConvBlock1_2.0.bn2.bias", List.of(32L)),
            tuple("block3.5.conv.dwconv.0.weight", List.of(256L, 1L, 3L, 3L)),
            tuple("block3.5.conv.pwconv2.1.bias", List.of(128L)),
            tuple("block4.0.attn.q_conv.0.weight", List.of(192L, 192L, 1L, 1L)),
            tuple("block4.0.attn.v_conv.0.weight", List.of(768L, 192L, 1L, 1L)),
            tuple("block4.0.attn.proj_conv.0.weight", List.of(192L, 768L, 1L, 1L)),
            tuple("block4.0.attn.proj_conv.1.running_mean", List.of(192L)),
            tuple("block4.1.mlp.fc1_conv.weight", List.of(768L, 192L, 1L)),
            tuple("block4.1.mlp.fc2_bn.weight", List.of(192L)),
            tuple("head.weight", List.of(1000L, 192L)))
        .doesNotHaveDuplicates();
  }
}
