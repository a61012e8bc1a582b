/** Recipes, local training and checkpoint files. Spark appears in the spark package only. */
package io.spikeformer.train;
