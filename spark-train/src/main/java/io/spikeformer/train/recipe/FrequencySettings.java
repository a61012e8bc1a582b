package io.spikeformer.train.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.spikeformer.common.Check;
import io.spikeformer.model.optim.Schedule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Optimizer steps that each worker takes in a round: the same number always, or more of them the
 * smaller the learning rate is, by the quadratic synchronisation rule (QSR, Gu et al. 2024):
 *
 * <pre>steps = max(base, floor((coefficient / rate)^2))</pre>
 *
 * <p>with the schedule's rate of the round's first step. The rule is made for a rate that falls. In
 * a warm-up the rate rises from nearly 0, so that rounds there have a length of their own, as in
 * the authors' code: {@code warm-up}, or that of a round right behind the warm-up.
 *
 * @param base steps of a round, the least ones under the rule; &gt;= 1
 * @param coefficient of the rule, in the learning rate's unit, &gt; 0; null without the rule
 * @param warmUp steps of a round that begins in the warm-up, &gt;= 1; null for as many as behind it
 */
public record FrequencySettings(int base, Double coefficient, Integer warmUp) {
  private static final String QUADRATIC = "quadratic";
  private static final String RULE_KEY = "rule";
  private static final String BASE_KEY = "base";
  private static final String COEFFICIENT_KEY = "coefficient";
  private static final String WARM_UP_KEY = "warm-up";
  private static final List<String> KEYS =
      List.of(RULE_KEY, BASE_KEY, COEFFICIENT_KEY, WARM_UP_KEY);

  /** A quotient of decimals may miss a whole number by so much, of itself. */
  private static final double ROUNDING = 1e-12;

  /** Validates the ranges. */
  public FrequencySettings {
    if (coefficient == null) {
      Check.that(base >= 1, "averaging frequency: expected >= 1, found %s", base);
    } else {
      Check.that(base >= 1, "averaging frequency base: expected >= 1, found %s", base);
      Check.that(
          coefficient > 0 && coefficient < Double.POSITIVE_INFINITY,
          "averaging frequency coefficient: expected a number > 0, found %s",
          coefficient);
      Check.that(
          warmUp == null || warmUp >= 1,
          "averaging frequency warm-up: expected null or >= 1, found %s",
          warmUp);
    }
  }

  /** The same number of steps in every round. */
  public static FrequencySettings every(int steps) {
    return new FrequencySettings(steps, null, null);
  }

  /**
   * Reads a number, or a rule with its keys.
   *
   * @throws IllegalArgumentException if it is neither
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static FrequencySettings of(JsonNode node) {
    if (node.canConvertToInt() && node.isIntegralNumber()) {
      return every(node.intValue());
    }
    Check.that(
        node.isObject(),
        "averaging frequency: expected a whole number, or {rule: quadratic, base: STEPS,"
            + " coefficient: NUMBER}, found %s",
        node);
    List<String> unknown = new ArrayList<>();
    node.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(KEYS);
    Check.that(
        unknown.isEmpty(),
        "averaging frequency: expected the keys %s, found %s",
        String.join(", ", KEYS),
        unknown);
    String rule = node.path(RULE_KEY).asText();
    Check.that(
        rule.equals(QUADRATIC), "averaging frequency rule: expected quadratic, found '%s'", rule);
    JsonNode coefficient = node.path(COEFFICIENT_KEY);
    Check.that(
        coefficient.isNumber(),
        "averaging frequency coefficient: expected a number > 0, found %s",
        named(coefficient));
    JsonNode warmUp = node.path(WARM_UP_KEY);
    return new FrequencySettings(
        steps(node.path(BASE_KEY), BASE_KEY),
        coefficient.doubleValue(),
        warmUp.isMissingNode() || warmUp.isNull() ? null : (Integer) steps(warmUp, WARM_UP_KEY));
  }

  private static int steps(JsonNode node, String key) {
    Check.that(
        node.isIntegralNumber() && node.canConvertToInt(),
        "averaging frequency %s: expected a whole number, found %s",
        key,
        named(node));
    return node.intValue();
  }

  private static String named(JsonNode node) {
    return node.isMissingNode() ? "nothing" : node.toString();
  }

  /** As recipes write it: the number alone without a rule. */
  @JsonValue
  Object written() {
    if (coefficient == null) {
      return base;
    }
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put(RULE_KEY, QUADRATIC);
    keys.put(BASE_KEY, base);
    keys.put(COEFFICIENT_KEY, coefficient);
    keys.put(WARM_UP_KEY, warmUp);
    return keys;
  }

  /**
   * Refuses a rate that the rule cannot follow.
   *
   * @throws IllegalArgumentException if there is the rule, and a rate that does not fall
   */
  void requireFallingRate(Schedule schedule) {
    Check.that(
        coefficient == null
            || (schedule.decay() != Schedule.Decay.CONSTANT
                && schedule.minimum() < schedule.peak()),
        "averaging frequency quadratic: expected a learning rate that falls, found %s throughout;"
            + " set averaging.frequency to a number, or another schedule.decay or min-rate",
        schedule.peak());
  }

  /**
   * Steps of the round that begins with a step, before the end of the epoch cuts it short.
   *
   * @param schedule the learning rate
   * @param step from 0, since the training began
   */
  public long steps(Schedule schedule, long step) {
    if (coefficient == null) {
      return base;
    }
    if (step >= schedule.warmupSteps()) {
      return quadratic(schedule.rate(step));
    }
    return warmUp == null ? quadratic(schedule.peak()) : warmUp;
  }

  private long quadratic(double rate) {
    double ratio = coefficient / rate;
    return Math.max(base, (long) (ratio * ratio * (1 + ROUNDING)));
  }
}
