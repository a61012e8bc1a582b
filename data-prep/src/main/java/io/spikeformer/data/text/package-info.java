/** Text files that users bring: lists, tables and recipes, however an editor saved them. */
package io.spikeformer.data.text;
