/**
 * The parts of every page: escaped markup, charts, tiles, the style sheet. No task is known here.
 */
package io.spikeformer.eval.page;
