"""The two-dimensional sample pictures: a rainy window, terrazzo, the moving banner.

    python paint.py [NAME...] [--out DIR]

Needs numpy, scipy, Pillow and, for the drawings kept as SVG, rsvg-convert.
"""
import argparse
import math
import os
import subprocess

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage as nd
from scipy.spatial import cKDTree

OUT = "/tmp/renders"
HERE = os.path.dirname(os.path.abspath(__file__))


def to_srgb(x):
    x = np.clip(x, 0, 1)
    return np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055)


def filmic(x):
    return np.clip((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14), 0, 1)


def save16(name, srgb):
    """16 bits a channel, as a plain array that finish.py reads back."""
    np.save(os.path.join(OUT, name + ".npy"), (np.clip(srgb, 0, 1) * 65535 + 0.5).astype(np.uint16))


def value_noise(h, w, cell, rng, octaves=4):
    out = np.zeros((h, w))
    amp = 1.0
    for o in range(octaves):
        c = max(2, int(cell / 2 ** o))
        g = rng.random((h // c + 4, w // c + 4))
        z = nd.zoom(g, c, order=3)[:h, :w]
        out += amp * (z - 0.5)
        amp *= 0.5
    return out


# ---------------------------------------------------------------- rain on a window, a street behind

def street(w, h, rng):
    """Lights of a street at night, far out of focus: linear light, discs that overlap and add."""
    img = np.zeros((h, w, 3))
    img += np.array([0.010, 0.016, 0.030])
    yy, xx = np.mgrid[0:h, 0:w]
    horizon, vx = 0.52 * h, 0.46 * w
    glow = np.exp(-((yy - horizon) / (0.20 * h)) ** 2) * np.exp(-((xx - vx) / (0.55 * w)) ** 2)
    img += glow[..., None] * np.array([0.10, 0.055, 0.030])
    dusk = np.clip(1 - yy / horizon, 0, 1)[..., None]
    img += dusk * np.array([0.006, 0.014, 0.040])

    def disc(x, y, r, color, power, ring=0.35):
        x0, x1, y0, y1 = int(x - r - 3), int(x + r + 4), int(y - r - 3), int(y + r + 4)
        x0, y0, x1, y1 = max(0, x0), max(0, y0), min(w, x1), min(h, y1)
        if x0 >= x1 or y0 >= y1:
            return
        px, py = np.meshgrid(np.arange(x0, x1) - x, np.arange(y0, y1) - y)
        a = np.arctan2(py, px) + 0.3
        n = 9                                                      # blades of the diaphragm, rounded
        poly = np.cos(math.pi / n) / np.cos((a % (2 * math.pi / n)) - math.pi / n)
        d = np.hypot(px, py) / (r * (0.5 + 0.5 * poly))
        soft = np.clip((1 - d) * r / 2.2, 0, 1)
        prof = soft * (1 - ring + ring * d ** 3)
        img[y0:y1, x0:x1] += prof[..., None] * np.array(color) * power

    warm, white, red = (1.0, 0.56, 0.20), (1.0, 0.88, 0.70), (1.0, 0.07, 0.035)
    neon = [(0.10, 0.75, 0.85), (0.95, 0.12, 0.45), (0.15, 0.85, 0.38), (0.35, 0.30, 1.0), (1.0, 0.75, 0.15)]
    for side in (-1, 1):                                           # windows and signs along both sides
        for k in range(230):
            z = rng.random() ** 0.75 * 7 + 1.0
            x = vx + side * (0.52 * w / z) * (1 + 0.16 * rng.random())
            y = horizon - rng.random() ** 1.3 * 0.78 * h / z + 0.03 * h / z
            r = 10 + 62 / z ** 0.75 * (0.75 + 0.3 * rng.random())
            u = rng.random()
            c = warm if u < 0.55 else white if u < 0.72 else neon[rng.integers(len(neon))]
            disc(x, y, r, c, (0.05 + 0.32 * rng.random() ** 3) * (0.5 + 0.5 / z))
    for side in (-1, 1):                                           # street lamps
        for k in range(9):
            z = 0.8 * 1.36 ** k
            disc(vx + side * 0.40 * w / z, horizon - 0.36 * h / z, 14 + 68 / z ** 0.7, warm, 0.72 / (1 + 0.10 * k))
    cars = []
    for k in range(15):                                            # cars, and their trace on the wet road
        z = 0.85 + 4.5 * rng.random()
        lane = rng.choice([-0.24, -0.11, 0.10, 0.23])
        x = vx + lane * w / z * 1.2
        y = horizon + 0.085 * h / z
        gap = 0.055 * w / z
        c = red if lane > 0 else (1.0, 0.93, 0.80)
        for s in (-1, 1):
            r = 9 + 46 / z ** 0.75
            disc(x + s * gap, y, r, c, 0.50 if lane > 0 else 0.34)
            cars.append((x + s * gap, y, r, c, z))
    for x, y, r, c, z in cars:
        for q in range(7):
            disc(x + rng.normal(0, 4), y + (0.05 + 0.055 * q) * h / z ** 0.8, r * (0.95 - 0.05 * q), c, 0.075 * 0.78 ** q, ring=0.1)
    wet = img[: int(horizon)][::-1][: h - int(horizon)]
    stretched = nd.zoom(wet, (max(1.0, (h - int(horizon)) / wet.shape[0]), 1, 1), order=1)[: h - int(horizon)]
    streak = nd.gaussian_filter(stretched, (90, 8, 0))
    rise = np.clip(np.arange(streak.shape[0]) / (0.07 * h), 0, 1)[:, None, None]
    img[int(horizon):int(horizon) + streak.shape[0]] += streak * (0.15 + 0.25 * rise)
    img += nd.gaussian_filter(np.exp(-((np.arange(h) - horizon) / (0.02 * h)) ** 2), 6)[:, None, None] * np.array([0.03, 0.022, 0.02])
    return img


def rain_window(w=1760, h=2640):
    rng = np.random.default_rng(21)
    s = 2
    bg = street(w // s, h // s, rng)
    bg = nd.zoom(bg, (s, s, 1), order=1)[:h, :w]
    # drops: big ones, their trails, and a fine spray, as a map of heights
    height = np.zeros((h, w), np.float32)

    def drop(x, y, r, tall=1.0, wob=0.0):
        R = int(r * 1.6 * tall) + 3
        x0, x1, y0, y1 = max(0, int(x - R)), min(w, int(x + R)), max(0, int(y - R)), min(h, int(y + R))
        if x0 >= x1 or y0 >= y1:
            return
        px, py = np.meshgrid((np.arange(x0, x1) - x) / r, (np.arange(y0, y1) - y) / (r * tall))
        a = np.arctan2(py, px)
        px = px * (1 + 0.22 * np.clip(-py, 0, 1) * (tall > 1.05))     # narrower above: it hangs
        d = np.hypot(px, py) * (1 + wob * (np.sin(2 * a + x) + 0.6 * np.sin(3 * a + y)))
        hgt = np.sqrt(np.clip(1 - d * d, 0, None)) * r * 0.62
        np.maximum(height[y0:y1, x0:x1], hgt, out=height[y0:y1, x0:x1])

    clear = np.zeros((h, w), np.float32)
    for k in range(13):                                            # runners that wiped a path
        x, y, r = rng.random() * w, rng.random() * h * 1.0, 17 + 17 * rng.random()
        path_x, yy = x, y
        drop(x, y, r, 1.35, 0.03)
        while yy > -40 and yy > y - (500 + 900 * rng.random()):
            yy -= 5 + 3 * rng.random()
            path_x += rng.normal(0, 1.3)
            iy = int(yy)
            if 0 <= iy < h:
                a, b = max(0, int(path_x - r * 0.8)), min(w, int(path_x + r * 0.8))
                clear[max(0, iy - 5):iy + 5, a:b] = 1
            if rng.random() < 0.10:
                drop(path_x + rng.normal(0, 2.5), yy, r * (0.13 + 0.27 * rng.random()), 1.1 + 0.3 * rng.random(), 0.08)
    for k in range(430):
        r = 5 + 19 * rng.random() ** 2.4
        drop(rng.random() * w, rng.random() * h, r, 1 + 0.25 * rng.random() * (r > 12), 0.06)
    big = height > 0
    near = nd.binary_dilation(big, iterations=3)
    xs, ys, rs = rng.random(26000) * w, rng.random(26000) * h, 1.1 + 3.1 * rng.random(26000) ** 3
    for x, y, r in zip(xs, ys, rs):
        iy, ix = min(h - 1, int(y)), min(w - 1, int(x))
        if near[iy, ix] or clear[iy, ix]:
            continue
        drop(x, y, r)
    smooth = nd.gaussian_filter(height, 0.7)
    gy, gx = np.gradient(smooth)
    mask = np.clip(nd.gaussian_filter((height > 0.25).astype(np.float32), 0.8), 0, 1)
    # a drop is a strong lens: it shows the whole street upside down
    small = nd.gaussian_filter(bg[::4, ::4], (1.2, 1.2, 0))
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    k = 430.0
    sy = np.clip((yy - gy * k) / 4, 0, small.shape[0] - 1)
    sx = np.clip((xx - gx * k) / 4, 0, small.shape[1] - 1)
    lens = np.stack([nd.map_coordinates(small[..., c], [sy, sx], order=1) for c in range(3)], -1)
    steep = np.hypot(gx, gy)
    lens *= (1.25 * np.exp(-(steep / 1.5) ** 2.2))[..., None]
    lens += (np.clip(gy, 0, 1.2) * 0.016)[..., None] * np.array([0.6, 0.8, 1.2])
    spark = np.exp(-(((gx + 0.42) ** 2 + (gy + 0.62) ** 2) / 0.012)) * (height > 2.5)
    lens += nd.gaussian_filter(spark, 0.6)[..., None] * np.array([0.85, 0.80, 0.72])
    # the pane is a little fogged, except where drops ran
    fog = nd.gaussian_filter(1 - clear, 5)[..., None] * (0.75 + 0.9 * value_noise(h, w, 300, rng)[..., None])
    veil = nd.gaussian_filter(bg, (34, 34, 0))
    base = bg * (1 - 0.42 * np.clip(fog, 0, 1)) + veil * 0.42 * np.clip(fog, 0, 1) + 0.006 * np.clip(fog, 0, 1)
    img = base * (1 - mask[..., None]) + lens * mask[..., None]
    bloom = nd.gaussian_filter(np.clip(img - 0.5, 0, 4), (14, 14, 0))
    img = img + 0.35 * bloom
    save16("rain_window", to_srgb(filmic(img * 0.85)))


# ---------------------------------------------------------------- terrazzo

def terrazzo(n=640):
    """A tile that repeats: chips are cells of a Voronoi pattern with the edges worn away."""
    rng = np.random.default_rng(8)
    s = 2
    N = n * s
    base = np.array([0.915, 0.890, 0.850])
    img = np.ones((N, N, 3)) * base

    def wrap_noise(cell, octaves):
        out = np.zeros((N, N))
        for o in range(octaves):
            c = max(2, N // (N // cell * 2 ** o))
            g = rng.random((N // c, N // c))
            z = nd.zoom(np.pad(g, 3, mode="wrap"), c, order=3, mode="nearest")
            out += 0.5 ** o * (z[3 * c:3 * c + N, 3 * c:3 * c + N][:N, :N] - 0.5)
        return out

    img += 0.03 * wrap_noise(64, 5)[..., None]
    warp_x, warp_y = wrap_noise(80, 5) * 22, wrap_noise(80, 5) * 22
    yy, xx = np.mgrid[0:N, 0:N].astype(float)
    palette = np.array([[0.76, 0.43, 0.31], [0.17, 0.27, 0.27], [0.86, 0.68, 0.46], [0.48, 0.58, 0.54],
                        [0.80, 0.76, 0.72], [0.36, 0.33, 0.32], [0.93, 0.80, 0.73]])
    for count, worn, share, seed in ((9000, 1.4, 0.20, 3), (1100, 5.0, 0.30, 2), (150, 15, 0.62, 1)):
        r = np.random.default_rng(seed)
        g = int(math.sqrt(count))
        pts = (np.stack(np.meshgrid(np.arange(g), np.arange(g)), -1).reshape(-1, 2) + r.random((g * g, 2)) * 1.1) * N / g
        tiled = np.concatenate([pts + np.array([i, j]) * N for i in (-1, 0, 1) for j in (-1, 0, 1)])
        d, i = cKDTree(tiled).query(np.stack([(xx + warp_x * 0.35).ravel(), (yy + warp_y * 0.35).ravel()], 1), k=2)
        edge = ((d[:, 1] - d[:, 0]) / 2).reshape(N, N)
        cell = (i[:, 0] % (g * g)).reshape(N, N)
        size = worn * (0.7 + 1.1 * r.random(g * g))
        on = r.random(g * g) < share
        a = np.clip((edge - size[cell]) / 1.4, 0, 1) * on[cell]
        col = palette[r.integers(0, len(palette), g * g)] * (0.93 + 0.14 * r.random((g * g, 1)))
        chip = col[cell] * (1 + 0.16 * wrap_noise(40, 5)[..., None])
        vein = np.exp(-(np.abs(wrap_noise(100, 5)) / 0.02)) * (r.random(g * g) < 0.35)[cell]
        chip = chip + 0.08 * vein[..., None]
        img = img * (1 - a[..., None]) + chip * a[..., None]
    img = img.reshape(n, s, n, s, 3).mean((1, 3))
    save16("terrazzo", img)


# ---------------------------------------------------------------- the moving banner

def banner(frames=24, w=960, h=320):
    """Evening over a sea of flat waves: a loop in a few colours, made for GIF."""
    sky = [("#12343b", 0), ("#1d4b50", 0.30), ("#2f6a68", 0.52)]
    for f in range(frames):
        t = f / frames
        rows = []
        layers = [("#3f8079", 176, 10, 3, 0.0, 1), ("#2d6965", 202, 12, 2, 0.3, -1), ("#1f5252", 230, 13, 3, 0.55, 1),
                  ("#153e41", 260, 14, 2, 0.1, -1), ("#0d2c31", 290, 12, 3, 0.8, 1)]
        for color, y0, amp, n, ph, way in layers:
            pts = []
            for x in range(0, w + 1, 6):
                a = 2 * math.pi * (n * x / w + ph + way * t)
                b = 2 * math.pi * ((n + 2) * x / w - ph - way * t)
                pts.append("%d,%.1f" % (x, y0 + amp * math.sin(a) + 0.35 * amp * math.sin(b)))
            rows.append('<polygon fill="%s" points="0,%d %s %d,%d"/>' % (color, h, " ".join(pts), w, h))
        bx = 640 + 6 * math.sin(2 * math.pi * t)
        by = 212 + 7 * math.sin(2 * math.pi * t + 0.8)
        tilt = 4 * math.sin(2 * math.pi * t + 2.1)
        boat = ('<g transform="translate(%.1f %.1f) rotate(%.2f)"><path d="M-58 0 H62 L44 24 H-40 Z" fill="#f1e3cf"/>'
                '<path d="M-58 0 H62 L57 7 H-53 Z" fill="#c4552d"/><path d="M2 -6 V-118" stroke="#f1e3cf" stroke-width="4"/>'
                '<path d="M8 -114 C52 -74 60 -36 58 -12 L8 -12 Z" fill="#f6efe2"/><path d="M-4 -104 C-26 -66 -40 -34 -46 -12 L-4 -12 Z" fill="#e58d4f"/></g>' % (bx, by, tilt))
        sparks = "".join('<rect x="%d" y="%.1f" width="%d" height="3" rx="1.5" fill="#f0b676"/>' %
                         (820 - q * 7 + 16 * math.sin(2 * math.pi * (t + q * 0.37)), 186 + q * 13, 60 - 6 * q + 18 * math.sin(2 * math.pi * (t + q * 0.21)))
                         for q in range(7))
        gulls = "".join('<path transform="translate(%.1f %.1f) scale(%.2f)" d="M-16 %.1f Q-8 -6 0 0 Q8 -6 16 %.1f" fill="none" stroke="#f1e3cf" stroke-width="3" stroke-linecap="round"/>' %
                        (x + 5 * math.sin(2 * math.pi * t + x), y + 4 * math.cos(2 * math.pi * t + x), sc, 5 * math.sin(4 * math.pi * t + x) - 2, 5 * math.sin(4 * math.pi * t + x) - 2)
                        for x, y, sc in ((470, 66, 1), (520, 92, .7), (430, 104, .6)))
        svg = ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"><rect width="%d" height="%d" fill="#1a474c"/>'
               '<rect y="70" width="%d" height="%d" fill="#255a5c"/><rect y="122" width="%d" height="%d" fill="#34716d"/>'
               '<circle cx="850" cy="150" r="112" fill="#3f7d73"/><circle cx="850" cy="150" r="88" fill="#8c9a74"/><circle cx="850" cy="150" r="66" fill="#f0b676"/>'
               '%s%s%s%s%s%s%s'
               '<g font-family="Inter" fill="#f6efe2"><text x="56" y="112" font-size="58" font-weight="700" letter-spacing="-1.5">Out of office</text>'
               '<text x="58" y="152" font-size="22" fill="#f0b676">Summer collection, from 21 June</text></g></svg>'
               % (w, h, w, h, w, h, w, h, rows[0], rows[1], sparks, gulls, boat, rows[2], rows[3] + rows[4]))
        p = os.path.join(OUT, "banner_%02d" % f)
        with open(p + ".svg", "w") as out:
            out.write(svg)
        env = dict(os.environ, FONTCONFIG_FILE=os.path.join(HERE, "..", "fonts", "fonts.conf"))
        subprocess.run(["rsvg-convert", p + ".svg", "-o", p + ".png"], check=True, env=env)


PAINTINGS = {f.__name__: f for f in (rain_window, terrazzo, banner)}

if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("names", nargs="*", default=list(PAINTINGS))
    ap.add_argument("--out", default=OUT)
    args = ap.parse_args()
    OUT = args.out
    os.makedirs(OUT, exist_ok=True)
    for name in args.names or PAINTINGS:
        PAINTINGS[name]()
