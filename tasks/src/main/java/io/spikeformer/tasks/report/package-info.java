/** Sections of a report as data: a page draws them, and knows no task. */
package io.spikeformer.tasks.report;
