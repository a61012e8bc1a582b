/** Sections of a report as data: whoever writes a page draws them, and knows no task. */
package io.spikeformer.tasks.report;
