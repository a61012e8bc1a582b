/**
 * The columns of samples in shards. Each kind of content and of truth is told in one class: its
 * columns, how they are written, read and checked, and what is shown of them.
 */
package io.spikeformer.data.column;
