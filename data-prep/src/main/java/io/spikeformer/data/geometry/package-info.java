/** Where pixels and boxes go: resize, crop, flip and padding as one drawn plan. */
package io.spikeformer.data.geometry;
