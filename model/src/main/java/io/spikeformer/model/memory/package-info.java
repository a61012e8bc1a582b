/**
 * Memory outside the Java heap: how much a replica needs, found by a step that computes nothing,
 * and how much the machine or its container has left.
 */
package io.spikeformer.model.memory;
