/** The exception for users, checks and labels, which every module needs. It depends on nothing. */
package io.spikeformer.common;
