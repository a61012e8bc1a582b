/**
 * What makes a running training observable: metrics of rounds, event files, alarms, status page.
 */
package io.spikeformer.train.watch;
