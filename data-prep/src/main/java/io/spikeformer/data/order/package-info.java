/** Order and chance: which sample comes when, and random draws, as pure functions of a seed. */
package io.spikeformer.data.order;
