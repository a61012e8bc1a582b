/**
 * Evaluation: exact counts, the metrics computed from them, energy, and the report. No Spark here.
 */
package io.spikeformer.eval;
