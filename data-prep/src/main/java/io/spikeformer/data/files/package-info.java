/** The files of a raw dataset, in a folder or in an archive that is read in place. */
package io.spikeformer.data.files;
