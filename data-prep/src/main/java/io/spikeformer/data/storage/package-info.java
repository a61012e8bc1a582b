/** Files on any Hadoop file system: read, written whole or not at all, and their checksums. */
package io.spikeformer.data.storage;
