/** The view of a running training: metrics of rounds, event files, alarms, status page. */
package io.spikeformer.train.watch;
