/** The archive of native libraries in the job jar: written by the build, unpacked by a job. */
package io.spikeformer.natives;
