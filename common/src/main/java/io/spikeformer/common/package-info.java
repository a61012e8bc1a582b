/** What every module needs: the exception for users, checks, labels. It depends on nothing. */
package io.spikeformer.common;
