"""Draws one small image and resizes it with Pillow (made with 9.4): the references of BicubicResizeTest.

Usage: python3 generate.py, in the folder that receives the files.
"""
import numpy as np
from PIL import Image

HEIGHT, WIDTH = 29, 37
rng = np.random.default_rng(5)
y, x = np.mgrid[:HEIGHT, :WIDTH]
pixels = np.stack([255 * x / (WIDTH - 1), 255 * y / (HEIGHT - 1), 127 + 127 * np.sin(x * y / 40)], 2)
pixels[8:20, 10:24] = rng.integers(0, 256, (12, 14, 3))  # noise: overshoot on both sides
pixels[22:, 25:] = [0, 255, 0]  # a hard edge
image = Image.fromarray(pixels.round().astype(np.uint8))
image.save("source.png")

for height, width in ((16, 16), (29, 11), (4, 5), (40, 45)):
    image.resize((width, height), Image.BICUBIC).save(f"resized-{height}x{width}.png")

# torchvision's resized crop: rows 3..23, columns 6..32
image.crop((6, 3, 32, 23)).resize((12, 12), Image.BICUBIC).save("cropped-12x12.png")
