/** Speed of each kernel against what the machine can do, measured in the same run. */
package io.spikeformer.benchmarks;
