/** The command line: every job of the project, locally or through spark-submit. */
package io.spikeformer.jobs;
