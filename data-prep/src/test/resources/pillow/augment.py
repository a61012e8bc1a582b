"""Changes two small images with Pillow (made with 9.4): the references of AugmentOperationTest and ImageResizeTest.

Usage: python3 augment.py, in the folder of source.png, which receives the files: the second image, for each image all
results one below the other, and what was done in that order.
"""
import numpy as np
from PIL import Image, ImageEnhance, ImageOps

FILL = (124, 116, 104)  # the mean of ImageNet


def affine(coefficients):
    return lambda image, resample: image.transform(
        image.size, Image.AFFINE, coefficients(image), resample=resample, fillcolor=FILL)


def solarize_add(image, added):
    return image.point([min(255, level + added) if level < 128 else level for level in range(256)] * 3)


def hue(image, turn):
    h, s, v = image.convert("HSV").split()
    turned = (np.asarray(h).astype(int) + int(turn * 255)) % 256
    return Image.merge("HSV", (Image.fromarray(turned.astype(np.uint8)), s, v)).convert("RGB")


STEPS = [("AUTO_CONTRAST", 0, ImageOps.autocontrast), ("EQUALIZE", 0, ImageOps.equalize), ("INVERT", 0, ImageOps.invert)]
STEPS += [("POSTERIZE", bits, lambda image, bits=bits: ImageOps.posterize(image, bits)) for bits in (0, 1, 4)]
STEPS += [("SOLARIZE", level, lambda image, level=level: ImageOps.solarize(image, level)) for level in (0, 26, 128, 256)]
STEPS += [("SOLARIZE_ADD", added, lambda image, added=added: solarize_add(image, added)) for added in (0, 99, 110)]
for name, enhancement in (("COLOUR", ImageEnhance.Color), ("CONTRAST", ImageEnhance.Contrast),
                          ("BRIGHTNESS", ImageEnhance.Brightness), ("SHARPNESS", ImageEnhance.Sharpness)):
    STEPS += [(name, factor, lambda image, e=enhancement, factor=factor: e(image).enhance(factor))
              for factor in (0.1, 0.37, 1.0, 1.81, 1.9)]
for word, resample in (("BILINEAR", Image.BILINEAR), ("BICUBIC", Image.BICUBIC)):
    for factor in (-0.3, 0.27, 0.0):
        STEPS.append((f"SHEAR_X {word}", factor,
                      lambda image, r=resample, k=factor: affine(lambda i: (1, k, 0, 0, 1, 0))(image, r)))
        STEPS.append((f"SHEAR_Y {word}", factor,
                      lambda image, r=resample, k=factor: affine(lambda i: (1, 0, 0, k, 1, 0))(image, r)))
    for share in (-0.45, 0.39, 0.013):
        STEPS.append((f"TRANSLATE_X {word}", share,
                      lambda image, r=resample, k=share: affine(lambda i: (1, 0, k * i.size[0], 0, 1, 0))(image, r)))
        STEPS.append((f"TRANSLATE_Y {word}", share,
                      lambda image, r=resample, k=share: affine(lambda i: (1, 0, 0, 0, 1, k * i.size[1]))(image, r)))
    for degrees in (-30.0, 26.7, 3.1, 0.0):
        STEPS.append((f"ROTATE {word}", degrees,
                      lambda image, r=resample, k=degrees: image.rotate(k, resample=r, fillcolor=FILL)))
STEPS += [("HUE", turn, lambda image, turn=turn: hue(image, turn)) for turn in (-0.5, -0.1, 0.07, 0.5)]

source = Image.open("source.png").convert("RGB")
y, x = np.mgrid[:24, :31]
dim = np.stack([60 + 3 * x, 200 - 4 * y, 90 + (x * y) % 23], 2)  # a narrow range of levels
dim = Image.fromarray(dim.astype(np.uint8))
dim.save("dim.png")

for name, image in (("source", source), ("dim", dim)):
    results = [np.asarray(step(image)) for _, _, step in STEPS]
    Image.fromarray(np.concatenate(results)).save(f"augmented-{name}.png", optimize=True)
with open("augmented.txt", "w") as steps:
    steps.writelines(f"{name} {argument}\n" for name, argument, _ in STEPS)

for height, width in ((16, 16), (29, 11), (40, 45)):
    source.resize((width, height), Image.BILINEAR).save(f"bilinear-{height}x{width}.png")
