/** Recipes: their sections, how they are read and checked, and how they are written back. */
package io.spikeformer.train.recipe;
