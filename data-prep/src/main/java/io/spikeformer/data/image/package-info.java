/** Image files: checked from their structure, decoded, resized, encoded. */
package io.spikeformer.data.image;
