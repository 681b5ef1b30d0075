"""Grade the rendered pictures and write the sample workspace: formats, profiles, metadata.

    python finish.py [NAME...] [--in DIR] [--out DIR] [--cmyk PROFILE.icc]

Needs numpy, scipy, OpenCV, Pillow; rsvg-convert for the drawings; exiftool for the metadata.
The CMYK profile is made from freely licensed measurements, see README.md.
"""
import argparse
import glob
import io
import os
import struct
import subprocess
import zlib

import cv2
import numpy as np
from PIL import Image, ImageCms
from scipy import ndimage as nd

IN, OUT, CMYK = "/tmp/renders", None, "/tmp/cmyk/cmyk.icc"
HERE = os.path.dirname(os.path.abspath(__file__))
FONTS = os.path.join(HERE, "..", "fonts", "fonts.conf")


# ---------------------------------------------------------------- reading and grading

def read16(name):
    """A picture as floats in 0..1: from an array, or a 16-bit PNG (which Pillow would cut to 8 bits)."""
    npy = os.path.join(IN, name + ".npy")
    if os.path.exists(npy):
        return np.load(npy).astype(np.float32) / 65535
    x = cv2.imread(os.path.join(IN, name + ".png"), cv2.IMREAD_UNCHANGED)
    return x[..., [2, 1, 0, 3][:x.shape[2]]].astype(np.float32) / 65535


def grade(x, contrast=0.0, saturation=1.0, gain=1.0, tint=(1, 1, 1), vignette=0.0):
    """A gentle S-curve about the middle, colour, a little fall-off to the corners."""
    x = x * gain * np.array(tint, np.float32)
    x = np.clip(x, 0, 1)
    s = x * x * (3 - 2 * x)
    x = x * (1 - contrast) + s * contrast
    luma = x @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    x = luma[..., None] + (x - luma[..., None]) * saturation
    if vignette:
        h, w = x.shape[:2]
        yy, xx = np.mgrid[-1:1:h * 1j, -1:1:w * 1j].astype(np.float32)
        x = x * (1 - vignette * np.clip((xx ** 2 + yy ** 2) / 2, 0, 1) ** 1.3)[..., None]
    return np.clip(x, 0, 1)


def grain(x, amount, size=0.7, seed=1):
    """Film grain, strongest in the middle tones."""
    rng = np.random.default_rng(seed)
    g = nd.gaussian_filter(rng.standard_normal(x.shape[:2]).astype(np.float32), size)
    g /= g.std()
    luma = x.mean(-1)
    return np.clip(x + (g * amount * (0.35 + 2.6 * luma * (1 - luma)))[..., None], 0, 1)


def eight(x):
    return Image.fromarray((np.clip(x, 0, 1) * 255 + 0.5).astype(np.uint8))


def path(*parts):
    p = os.path.join(OUT, *parts)
    os.makedirs(os.path.dirname(p), exist_ok=True)
    return p


def exif(file, *tags):
    subprocess.run(["exiftool", "-q", "-overwrite_original", *tags, file], check=True)


RIGHTS = ["-EXIF:Artist=Cropmark project", "-EXIF:Copyright=Cropmark project, MIT OR Apache-2.0"]


# ---------------------------------------------------------------- profiles

SRGB_TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])


def display_p3():
    """A Display P3 profile from its definition: DCI-P3 primaries, D65 white, the sRGB curve."""
    def xyz(x, y):
        return np.array([x / y, 1, (1 - x - y) / y])
    white = xyz(0.3127, 0.3290)
    m = np.stack([xyz(0.680, 0.320), xyz(0.265, 0.690), xyz(0.150, 0.060)], 1)
    m = m * np.linalg.solve(m, white)
    brad = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    d50 = np.array([0.9642, 1.0, 0.8249])
    chad = np.linalg.inv(brad) @ np.diag((brad @ d50) / (brad @ white)) @ brad
    m = chad @ m
    s15 = lambda v: struct.pack(">i", int(round(v * 65536)))
    xyz_tag = lambda v: b"XYZ \0\0\0\0" + b"".join(map(s15, v))
    text = lambda t: b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(t) * 2, 28) + t.encode("utf-16-be")
    curve = b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + b"".join(map(s15, (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)))
    tags = [(b"desc", text("Display P3")), (b"cprt", text("Public domain, CC0")), (b"wtpt", xyz_tag(d50)),
            (b"chad", b"sf32\0\0\0\0" + b"".join(s15(v) for v in chad.ravel())),
            (b"rXYZ", xyz_tag(m[:, 0])), (b"gXYZ", xyz_tag(m[:, 1])), (b"bXYZ", xyz_tag(m[:, 2])),
            (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve)]
    body, table, where = b"", b"", {}
    start = 128 + 4 + 12 * len(tags)
    for sig, data in tags:
        if data not in where:
            where[data] = start + len(body)
            body += data + b"\0" * (-len(data) % 4)
        table += sig + struct.pack(">II", where[data], len(data))
    head = struct.pack(">I4sI4s4s4s", start + len(body), b"\0\0\0\0", 0x04300000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2025, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 4 + struct.pack(">I", 0) + b"\0" * 16 + struct.pack(">I", 0)
    head += b"".join(map(s15, d50)) + b"\0" * 48
    return head + struct.pack(">I", len(tags)) + table + body


# ---------------------------------------------------------------- the pictures

def ridge():
    x = grain(grade(read16("ridge"), 0.32, 1.12, 1.02, vignette=0.16), 0.008)
    p = path("photos", "dusk-ridge.jpg")
    eight(x).save(p, quality=84, subsampling=2, progressive=True, optimize=True)
    exif(p, *RIGHTS, "-EXIF:ImageDescription=Last light on a ridge", "-EXIF:DateTimeOriginal=2025:10:04 18:42:10")


def first_light():
    x = read16("first_light")
    x = x[: int(0.80 * x.shape[0])]
    x = grain(grade(x, 0.75, 1.2, 1.04, (1.01, 1.0, 1.0)), 0.006)
    eight(x).save(path("photos", "first-light.avif"), quality=66, speed=3)


def lake():
    x = grain(grade(read16("lake"), 0.35, 1.15, 1.08, (1.03, 1.0, 0.97), 0.12), 0.010)
    im = eight(x).transpose(Image.Transpose.ROTATE_90)              # stored lying; orientation 6 sets it upright
    p = path("photos", "autumn-lake.jpg")
    im.save(p, quality=84, subsampling=2, progressive=True, optimize=True)
    exif(p, "-EXIF:Orientation#=6", "-EXIF:Make=Norrvik", "-EXIF:Model=Field One", "-EXIF:LensModel=34mm F2",
         "-EXIF:FNumber=8", "-EXIF:ExposureTime=1/60", "-EXIF:ISO=200", "-EXIF:FocalLength=34",
         "-EXIF:DateTimeOriginal=2025:09:28 07:51:33", "-EXIF:OffsetTimeOriginal=+02:00", *RIGHTS,
         "-EXIF:ImageDescription=Larches turn before the first snow",
         "-GPSLatitude=61.4213", "-GPSLatitudeRef=N", "-GPSLongitude=8.8127", "-GPSLongitudeRef=E", "-GPSAltitude=984", "-GPSAltitudeRef#=0",
         "-IPTC:CodedCharacterSet=UTF8", "-IPTC:By-line=Cropmark project", "-IPTC:CopyrightNotice=Cropmark project, MIT OR Apache-2.0",
         "-IPTC:Headline=Autumn at the tarn", "-IPTC:Caption-Abstract=Larches turn before the first snow",
         "-IPTC:City=Storvika", "-IPTC:Country-PrimaryLocationName=Norway", "-IPTC:Keywords=lake", "-IPTC:Keywords=forest", "-IPTC:Keywords=autumn",
         "-XMP-dc:Title=Autumn at the tarn", "-XMP-dc:Creator=Cropmark project", "-XMP-dc:Rights=Cropmark project, MIT OR Apache-2.0",
         "-XMP-dc:Subject=lake", "-XMP-dc:Subject=forest", "-XMP-dc:Subject=autumn", "-XMP-xmp:Rating=5", "-XMP-xmpRights:Marked=True")


def rain_window():
    x = grain(grade(read16("rain_window"), 0.15, 1.1), 0.012)
    p = path("photos", "rain-window.jpg")
    eight(x).save(p, quality=82, subsampling=2, progressive=True, optimize=True)
    exif(p, *RIGHTS, "-EXIF:ImageDescription=A street through a wet pane")


def dunes():
    x = grade(read16("dunes"), 0.45, 1.15, 1.0, (1.02, 1.0, 0.98))
    h, w = x.shape[:2]
    v = np.round(x * 4095) * 16                                     # 12 bits of signal, as a camera has
    v = np.clip(v, 0, 65535).astype("<u2")
    diff = v.copy()
    diff[:, 1:] -= v[:, :-1]                                        # horizontal predictor
    rows = 64
    strips = [zlib.compress(diff[i:i + rows].tobytes(), 9) for i in range(0, h, rows)]
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    note = b"Cropmark project, MIT OR Apache-2.0\0"
    n = len(strips)
    entries = [(256, 4, 1, w), (257, 4, 1, h), (258, 3, 3, struct.pack("<3H", 16, 16, 16)), (259, 3, 1, 8), (262, 3, 1, 2),
               (273, 4, n, None), (277, 3, 1, 3), (278, 4, 1, rows), (279, 4, n, struct.pack("<%dI" % n, *map(len, strips))),
               (282, 5, 1, struct.pack("<II", 300, 1)), (283, 5, 1, struct.pack("<II", 300, 1)), (284, 3, 1, 1), (296, 3, 1, 2),
               (317, 3, 1, 2), (33432, 2, len(note), note), (34675, 7, len(icc), icc)]
    extra_at = 8 + 2 + 12 * len(entries) + 4
    sizes = {k: (4 * n if k == 273 else len(d)) for k, _t, _c, d in entries if d is None or isinstance(d, bytes)}
    offs, pos = {}, extra_at
    for k, s in sizes.items():
        offs[k] = pos
        pos += s + (s & 1)
    at, starts = pos, []
    for s in strips:
        starts.append(at)
        at += len(s)
    ifd, extra = struct.pack("<H", len(entries)), b""
    for k, t, c, d in entries:
        if k == 273:
            d = struct.pack("<%dI" % n, *starts)
        if isinstance(d, bytes):
            ifd += struct.pack("<HHII", k, t, c, offs[k])
            extra += d + b"\0" * (len(d) & 1)
        else:
            ifd += struct.pack("<HHI", k, t, c) + (struct.pack("<I", d) if t == 4 else struct.pack("<HH", d, 0))
    with open(path("photos", "dunes.tif"), "wb") as f:
        f.write(b"II*\0" + struct.pack("<I", 8) + ifd + b"\0\0\0\0" + extra + b"".join(strips))


def arches():
    x = grade(read16("arches"), 0.25, 0.0, 1.05, vignette=0.1)
    x = grain(x, 0.022, 0.9)
    p = path("photos", "arcade.jpg")
    eight(x[..., :3]).convert("L").save(p, quality=82, progressive=True, optimize=True)
    exif(p, *RIGHTS, "-EXIF:ImageDescription=Noon in the arcade")


def paper():
    x = read16("paper")
    x = x[int(0.11 * x.shape[0]):]
    x = grain(grade(x, 0.05, 0.97, 0.98), 0.006)
    p = path("photos", "paper-p3.jpg")
    eight(x).save(p, quality=85, subsampling=0, progressive=True, optimize=True, icc_profile=display_p3())
    exif(p, *RIGHTS, "-EXIF:ImageDescription=Dyed paper, a macro in Display P3")


def still_life():
    x = grain(grade(read16("still_life"), 0.22, 1.06, 1.04), 0.009)
    p = path("products", "ceramics.jpg")
    eight(x).save(p, quality=86, subsampling=2, progressive=True, optimize=True)
    exif(p, *RIGHTS, "-EXIF:ImageDescription=Three vessels and a sprig")


def citrus():
    x = grain(grade(read16("citrus"), 0.30, 1.30, 1.0), 0.008)
    srgb, cmyk = ImageCms.createProfile("sRGB"), ImageCms.getOpenProfile(CMYK)
    im = ImageCms.profileToProfile(eight(x), srgb, cmyk, ImageCms.Intent.RELATIVE_COLORIMETRIC, "CMYK",
                                   flags=ImageCms.Flags.BLACKPOINTCOMPENSATION)
    p = path("products", "citrus-print-cmyk.jpg")
    with open(CMYK, "rb") as f:
        im.save(p, quality=84, subsampling=0, optimize=True, icc_profile=f.read(), dpi=(300, 300))
    exif(p, *RIGHTS, "-EXIF:ImageDescription=Citrus, separated for coated paper")


def bottle():
    x = read16("bottle")
    h, w = x.shape[:2]
    rgb, a = x[..., :3], x[..., 3]
    # the floor's shadow fades out before the picture ends
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    solid = nd.binary_closing(a > 0.96, iterations=3)
    lab, _ = nd.label(solid)
    main = lab == lab[int(h * 0.55), w // 2]
    keep = np.clip(nd.gaussian_filter(nd.binary_dilation(main, iterations=2).astype(np.float32), 1.2) * 1.15, 0, 1)
    ys = np.where(main.any(1))[0]
    base = ys.max() - 0.02 * h
    d = np.hypot((xx - w / 2) / (0.36 * w), (yy - base) / (0.085 * h))
    fade = np.clip(1.15 - d, 0, 1) ** 1.5
    a = a * np.maximum(keep, fade)
    a = np.where(a < 0.004, 0, a)
    rgb = grade(rgb, 0.12, 1.1, 1.04)
    rgb = np.where((a == 0)[..., None], 0, rgb)
    out = np.dstack([rgb, a])
    y0 = max(0, ys.min() - int(0.05 * h))
    eight(out).crop((0, y0, w, min(h, int(base + 0.11 * h)))).save(path("products", "body-oil.png"), optimize=True)


def turntable():
    files = sorted(glob.glob(os.path.join(IN, "turntable_*.png")))
    ims = [eight(grade(np.asarray(Image.open(f).convert("RGB"), np.float32) / 255, 0.15, 1.08, 1.05)) for f in files]
    ims[0].save(path("motion", "turntable.webp"), save_all=True, append_images=ims[1:], duration=90, loop=0, quality=90, method=5)


def banner():
    files = sorted(glob.glob(os.path.join(IN, "banner_*.png")))
    ims = [Image.open(f).convert("RGB") for f in files]
    pal = Image.new("RGB", (ims[0].width, ims[0].height * 2))
    pal.paste(ims[0], (0, 0))
    pal.paste(ims[len(ims) // 2], (0, ims[0].height))
    pal = pal.quantize(48, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    out = [i.quantize(palette=pal, dither=Image.Dither.NONE) for i in ims]
    out[0].save(path("motion", "summer-banner.gif"), save_all=True, append_images=out[1:], duration=80, loop=0, optimize=True, disposal=1)


def terrazzo():
    eight(read16("terrazzo")).save(path("brand", "terrazzo.bmp"))


def drawing(name, width):
    env = dict(os.environ, FONTCONFIG_FILE=FONTS)
    svg = os.path.join(HERE, "drawings", name + ".svg")
    png = subprocess.run(["rsvg-convert", "-w", str(width), svg], check=True, env=env, stdout=subprocess.PIPE).stdout
    return Image.open(io.BytesIO(png))


def drawings():
    im = drawing("coast-poster", 1200).convert("RGB")
    im.quantize(64, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path("illustrations", "coast-poster.png"), optimize=True)
    drawing("logo", 1200).save(path("brand", "logo.png"), optimize=True)


PICTURES = {f.__name__: f for f in (ridge, first_light, lake, rain_window, dunes, arches, paper, still_life, citrus,
                                    bottle, turntable, banner, terrazzo, drawings)}

if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("names", nargs="*", default=list(PICTURES))
    ap.add_argument("--in", dest="src", default=IN)
    ap.add_argument("--out", default=os.path.join(HERE, "..", "samples"))
    ap.add_argument("--cmyk", default=CMYK)
    args = ap.parse_args()
    IN, OUT, CMYK = args.src, args.out, args.cmyk
    for name in args.names or PICTURES:
        PICTURES[name]()
