"""Writes the .npz fixtures with NumPy: python3 generate.py. 40 events on a 346 x 260 sensor, 37 us apart."""

import numpy as np

i = np.arange(40)
t, x, y, p = 1_000_000 + 37 * i, (i * 97) % 346, (i * 61) % 260, (i % 3 == 0)

np.savez("stored.npz", t=t.astype("<i8"), x=x.astype("<u2"), y=y.astype("<i2"), p=p)
np.savez_compressed(
    "deflated.npz", p=p.astype("i1") * 2 - 1, y=y.astype(">i4"), x=x.astype("<u8"), t=t.astype("<f8")
)
records = np.zeros(40, dtype=np.dtype([("timestamp", "<i8"), ("x", "<i2"), ("y", "<i2"), ("polarity", "?")], align=True))
records["timestamp"], records["x"], records["y"], records["polarity"] = t, x, y, p
np.savez_compressed("structured.npz", events=records)
np.savez("seconds.npz", t=t * 1e-6, x=x.astype("u1") * 0, y=y * 0, p=p.astype("u1"))
