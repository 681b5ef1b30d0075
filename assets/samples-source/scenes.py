"""The three-dimensional sample pictures, modelled and lit in code, rendered with Blender's Cycles.

    python scenes.py NAME... [--out DIR] [--scale 1.0]

Every scene writes a 16-bit PNG (or a run of frames) that finish.py grades and encodes.
Needs the Python packages bpy (Blender as a module), numpy, numba and Pillow.
"""
import argparse
import math
import os
import random

import bpy
import numpy as np
from mathutils import Vector
from numba import njit, prange
from PIL import Image, ImageDraw, ImageFont

OUT = "/tmp/renders"
SCALE = 1.0
HERE = os.path.dirname(os.path.abspath(__file__))
FONTS = os.path.join(HERE, "..", "fonts")


# ---------------------------------------------------------------- common helpers

def stage(width, height, samples, look="AgX - Medium High Contrast", exposure=0.0, clear=False):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    s = bpy.context.scene
    s.render.engine = "CYCLES"
    s.cycles.device = "CPU"
    s.cycles.samples = samples
    s.cycles.use_adaptive_sampling = True
    s.cycles.adaptive_threshold = 0.02
    s.cycles.use_denoising = True
    s.cycles.denoiser = "OPENIMAGEDENOISE"
    s.cycles.max_bounces = 8
    s.cycles.caustics_reflective = False
    s.cycles.sample_clamp_indirect = 8
    s.render.resolution_x = int(width * SCALE)
    s.render.resolution_y = int(height * SCALE)
    s.render.film_transparent = clear
    s.view_settings.view_transform = "AgX"
    s.view_settings.look = look
    s.view_settings.exposure = exposure
    s.render.image_settings.file_format = "PNG"
    s.render.image_settings.color_mode = "RGBA" if clear else "RGB"
    s.render.image_settings.color_depth = "16"
    s.render.image_settings.compression = 10
    s.world = bpy.data.worlds.new("world")
    s.world.use_nodes = True
    return s


def render(name):
    path = os.path.join(OUT, name + ".png")
    bpy.context.scene.render.filepath = path
    bpy.ops.render.render(write_still=True)


def camera(position, target, lens=50, focus=None, fstop=None, shift_y=0.0):
    cam = bpy.data.cameras.new("camera")
    ob = bpy.data.objects.new("camera", cam)
    ob.location = position
    ob.rotation_euler = (Vector(target) - Vector(position)).to_track_quat("-Z", "Y").to_euler()
    cam.lens = lens
    cam.clip_end = 5000
    cam.shift_y = shift_y
    if fstop:
        cam.dof.use_dof = True
        cam.dof.focus_distance = (Vector(focus or target) - Vector(position)).length
        cam.dof.aperture_fstop = fstop
    bpy.context.collection.objects.link(ob)
    bpy.context.scene.camera = ob
    return ob


def world_color(color, strength=1.0):
    bg = bpy.context.scene.world.node_tree.nodes["Background"]
    bg.inputs[0].default_value = (*color, 1)
    bg.inputs[1].default_value = strength


def world_sky(elevation, rotation, strength=0.2, disc=True, dust=1.0, air=1.0, altitude=0.0):
    tree = bpy.context.scene.world.node_tree
    sky = tree.nodes.new("ShaderNodeTexSky")
    sky.sky_type = "NISHITA"
    sky.sun_elevation = math.radians(elevation)
    sky.sun_rotation = math.radians(rotation)
    sky.sun_disc = disc
    sky.dust_density = dust
    sky.air_density = air
    sky.altitude = altitude
    bg = tree.nodes["Background"]
    tree.links.new(sky.outputs[0], bg.inputs[0])
    bg.inputs[1].default_value = strength
    return sky


def area(position, target, size, power, color=(1, 1, 1), size_y=None):
    light = bpy.data.lights.new("area", "AREA")
    light.energy, light.color, light.size = power, color, size
    if size_y:
        light.shape, light.size_y = "RECTANGLE", size_y
    ob = bpy.data.objects.new("area", light)
    ob.location = position
    ob.rotation_euler = (Vector(target) - Vector(position)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.collection.objects.link(ob)
    return ob


def sun(direction, power, color=(1, 1, 1), angle=0.5):
    light = bpy.data.lights.new("sun", "SUN")
    light.energy, light.color, light.angle = power, color, math.radians(angle)
    ob = bpy.data.objects.new("sun", light)
    ob.rotation_euler = Vector(direction).to_track_quat("-Z", "Y").to_euler()
    bpy.context.collection.objects.link(ob)


def material(name, color=(0.8, 0.8, 0.8), rough=0.5, bump=None, mottle=None, image=None, **inputs):
    """A principled material; bump = (scale, strength, detail), mottle = (scale, darker colour)."""
    m = bpy.data.materials.new(name)
    m.use_nodes = True
    t = m.node_tree
    p = t.nodes["Principled BSDF"]
    p.inputs["Base Color"].default_value = (*color, 1)
    p.inputs["Roughness"].default_value = rough
    for k, v in inputs.items():
        key = k.replace("_", " ")
        p.inputs[key].default_value = (*v, 1) if isinstance(v, tuple) and len(v) == 3 and "Color" in key else v
    coord = t.nodes.new("ShaderNodeTexCoord")

    def noise(scale, detail=6.0):
        n = t.nodes.new("ShaderNodeTexNoise")
        n.inputs["Scale"].default_value = scale
        n.inputs["Detail"].default_value = detail
        t.links.new(coord.outputs["Object"], n.inputs["Vector"])
        return n

    if bump:
        b = t.nodes.new("ShaderNodeBump")
        b.inputs["Strength"].default_value = bump[1]
        b.inputs["Distance"].default_value = bump[2] if len(bump) > 2 else 0.02
        t.links.new(noise(bump[0]).outputs[0], b.inputs["Height"])
        t.links.new(b.outputs[0], p.inputs["Normal"])
    if mottle:
        ramp = t.nodes.new("ShaderNodeValToRGB")
        ramp.color_ramp.elements[0].position, ramp.color_ramp.elements[1].position = mottle[2:] or (0.4, 0.6)
        ramp.color_ramp.elements[0].color = (*mottle[1], 1)
        ramp.color_ramp.elements[1].color = (*color, 1)
        t.links.new(noise(mottle[0], 10).outputs[0], ramp.inputs[0])
        t.links.new(ramp.outputs[0], p.inputs["Base Color"])
    if image:
        tex = t.nodes.new("ShaderNodeTexImage")
        tex.image = bpy.data.images.load(image)
        t.links.new(coord.outputs["UV"], tex.inputs["Vector"])
        t.links.new(tex.outputs[0], p.inputs["Base Color"])
    return m


def haze(m, color, length, strength=1.0):
    """Air between the camera and what is far: more of `color` with distance."""
    t = m.node_tree
    out = t.nodes["Material Output"]
    surface = out.inputs["Surface"].links[0].from_socket
    cam = t.nodes.new("ShaderNodeCameraData")
    a = t.nodes.new("ShaderNodeMath"); a.operation = "DIVIDE"; a.inputs[1].default_value = -length
    b = t.nodes.new("ShaderNodeMath"); b.operation = "EXPONENT"
    c = t.nodes.new("ShaderNodeMath"); c.operation = "SUBTRACT"; c.inputs[0].default_value = 1
    e = t.nodes.new("ShaderNodeEmission")
    e.inputs[0].default_value, e.inputs[1].default_value = (*color, 1), strength
    mix = t.nodes.new("ShaderNodeMixShader")
    t.links.new(cam.outputs["View Distance"], a.inputs[0])
    t.links.new(a.outputs[0], b.inputs[0])
    t.links.new(b.outputs[0], c.inputs[1])
    t.links.new(c.outputs[0], mix.inputs[0])
    t.links.new(surface, mix.inputs[1])
    t.links.new(e.outputs[0], mix.inputs[2])
    t.links.new(mix.outputs[0], out.inputs["Surface"])
    m.cycles.emission_sampling = "NONE"                        # it tints, it lights nothing
    return m, c, e


def mesh(name, verts, faces, mat=None, smooth=True, uvs=None):
    me = bpy.data.meshes.new(name)
    me.from_pydata(verts, [], faces)
    if uvs is not None:
        layer = me.uv_layers.new()
        idx = np.zeros(len(me.loops), np.int32)
        me.loops.foreach_get("vertex_index", idx)
        layer.data.foreach_set("uv", np.asarray(uvs, np.float32)[idx].ravel())
    if smooth:
        me.shade_smooth()
    if mat:
        me.materials.append(mat)
    ob = bpy.data.objects.new(name, me)
    bpy.context.collection.objects.link(ob)
    return ob


def grid_mesh(name, xyz, mat):
    """A mesh from an array of shape (rows, columns, 3); quick for millions of points."""
    r, c = xyz.shape[:2]
    me = bpy.data.meshes.new(name)
    me.vertices.add(r * c)
    me.vertices.foreach_set("co", xyz.astype(np.float32).ravel())
    i = np.arange(r * c, dtype=np.int32).reshape(r, c)
    quads = np.stack([i[:-1, :-1], i[:-1, 1:], i[1:, 1:], i[1:, :-1]], -1).reshape(-1, 4)
    me.loops.add(quads.size)
    me.loops.foreach_set("vertex_index", quads.ravel())
    me.polygons.add(len(quads))
    me.polygons.foreach_set("loop_start", np.arange(0, quads.size, 4, dtype=np.int32))
    me.update(calc_edges=True)
    me.shade_smooth()
    me.materials.append(mat)
    ob = bpy.data.objects.new(name, me)
    bpy.context.collection.objects.link(ob)
    return ob


def lathe(name, profile, mat, position=(0, 0, 0), steps=128, smooth=True, subdivide=True):
    """Turn a list of (radius, height) about the z axis."""
    pts = np.array(profile, float)
    if subdivide:
        pts = catmull(pts, 10)
    ang = np.linspace(0, 2 * math.pi, steps + 1)
    x = pts[:, 0, None] * np.cos(ang)
    y = pts[:, 0, None] * np.sin(ang)
    z = np.repeat(pts[:, 1, None], steps + 1, 1)
    ob = grid_mesh(name, np.stack([x, y, z], -1), mat)
    ob.location = position
    return ob


def catmull(p, n):
    q = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    out = []
    for i in range(1, len(q) - 2):
        for t in np.linspace(0, 1, n, endpoint=False):
            a, b, c, d = q[i - 1], q[i], q[i + 1], q[i + 2]
            out.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t
                              + (3 * b - a - 3 * c + d) * t ** 3))
    out.append(p[-1])
    out = np.array(out)
    out[:, 0] = np.maximum(out[:, 0], 0)
    return out


def sphere(position, radius, mat, subdiv=6):
    bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=subdiv, radius=radius, location=position)
    ob = bpy.context.object
    ob.data.shade_smooth()
    ob.data.materials.append(mat)
    return ob


def box(position, size, mat, bevel=0.02, rotation=(0, 0, 0)):
    bpy.ops.mesh.primitive_cube_add(size=1, location=position, rotation=rotation)
    ob = bpy.context.object
    ob.scale = size
    bpy.ops.object.transform_apply(location=False, rotation=False, scale=True)
    ob.data.materials.append(mat)
    if bevel:
        b = ob.modifiers.new("bevel", "BEVEL")
        b.width, b.segments = bevel, 4
        ob.data.shade_smooth()
        ob.modifiers.new("normals", "WEIGHTED_NORMAL")
    return ob


def outline(name, splines, depth, mat, bevel=0.0):
    """A flat shape with holes, extruded: splines is a list of closed (x, y) polygons."""
    cu = bpy.data.curves.new(name, "CURVE")
    cu.dimensions, cu.fill_mode = "2D", "BOTH"
    cu.extrude, cu.bevel_depth = depth / 2, bevel
    for pts in splines:
        sp = cu.splines.new("POLY")
        sp.points.add(len(pts) - 1)
        for p, (x, y) in zip(sp.points, pts):
            p.co = (x, y, 0, 1)
        sp.use_cyclic_u = True
    cu.materials.append(mat)
    ob = bpy.data.objects.new(name, cu)
    bpy.context.collection.objects.link(ob)
    return ob


# ---------------------------------------------------------------- noise for terrain

@njit(cache=True)
def _hash(ix, iy, seed):
    h = (ix * 374761393 + iy * 668265263 + seed * 1442695041) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((h ^ (h >> 16)) & 0xFFFFFF) / 16777216.0


@njit(cache=True)
def _noised(x, y, seed):
    """Value noise and its two derivatives."""
    ix, iy = math.floor(x), math.floor(y)
    fx, fy = x - ix, y - iy
    i, j = int(ix), int(iy)
    ux = fx * fx * fx * (fx * (fx * 6 - 15) + 10)
    uy = fy * fy * fy * (fy * (fy * 6 - 15) + 10)
    dx = 30 * fx * fx * (fx * (fx - 2) + 1)
    dy = 30 * fy * fy * (fy * (fy - 2) + 1)
    a, b = _hash(i, j, seed), _hash(i + 1, j, seed)
    c, d = _hash(i, j + 1, seed), _hash(i + 1, j + 1, seed)
    k1, k2, k3 = b - a, c - a, a - b - c + d
    return a + k1 * ux + k2 * uy + k3 * ux * uy, dx * (k1 + k3 * uy), dy * (k2 + k3 * ux)


@njit(parallel=True, cache=True)
def alps(xs, ys, octaves, seed):
    """Mountains: octaves weigh less on slopes, as erosion leaves ridges sharp and valleys smooth."""
    out = np.empty(xs.size)
    for k in prange(xs.size):
        x, y = xs[k], ys[k]
        a, b, dx, dy = 0.0, 1.0, 0.0, 0.0
        for _ in range(octaves):
            n, nx, ny = _noised(x, y, seed)
            dx += nx
            dy += ny
            a += b * n / (1.0 + dx * dx + dy * dy)
            b *= 0.5
            x, y = 1.6 * x - 1.2 * y, 1.2 * x + 1.6 * y
        out[k] = a
    return out


@njit(parallel=True, cache=True)
def fbm(xs, ys, octaves, seed, gain=0.5):
    out = np.empty(xs.size)
    for k in prange(xs.size):
        x, y = xs[k], ys[k]
        a, b = 0.0, 1.0
        for _ in range(octaves):
            n, _x, _y = _noised(x, y, seed)
            a += b * (n - 0.5)
            b *= gain
            x, y = 1.6 * x - 1.2 * y, 1.2 * x + 1.6 * y
        out[k] = a
    return out


def fan(near, far, rows, half_angle, columns):
    """Points in a fan before the camera (looking along +y), dense where the picture needs them."""
    r = near * (far / near) ** np.linspace(0, 1, rows)
    a = np.linspace(-half_angle, half_angle, columns)
    return r[:, None] * np.sin(a), r[:, None] * np.cos(a)


# ---------------------------------------------------------------- scenes

def mountain_material(snow_line, sun_haze, blue_haze, length):
    m = bpy.data.materials.new("mountain")
    m.use_nodes = True
    t = m.node_tree
    p = t.nodes["Principled BSDF"]
    p.inputs["Roughness"].default_value = 0.85
    p.inputs["Specular IOR Level"].default_value = 0.2
    N = t.nodes.new

    def math_node(op, a, b, clamp=False):
        n = N("ShaderNodeMath")
        n.operation, n.use_clamp = op, clamp
        for i, v in enumerate((a, b)):
            if isinstance(v, (int, float)):
                n.inputs[i].default_value = v
            elif v is not None:
                t.links.new(v, n.inputs[i])
        return n.outputs[0]

    geo = N("ShaderNodeNewGeometry")
    pos = N("ShaderNodeSeparateXYZ"); t.links.new(geo.outputs["Position"], pos.inputs[0])
    nor = N("ShaderNodeSeparateXYZ"); t.links.new(geo.outputs["Normal"], nor.inputs[0])

    def noise(scale, detail=12.0, rough=0.6):
        n = N("ShaderNodeTexNoise")
        n.inputs["Scale"].default_value = scale
        n.inputs["Detail"].default_value = detail
        n.inputs["Roughness"].default_value = rough
        t.links.new(geo.outputs["Position"], n.inputs["Vector"])
        return n.outputs[0]

    rock = N("ShaderNodeValToRGB")
    rock.color_ramp.elements[0].color = (0.035, 0.032, 0.034, 1)
    rock.color_ramp.elements[1].color = (0.17, 0.145, 0.13, 1)
    rock.color_ramp.elements[0].position, rock.color_ramp.elements[1].position = 0.35, 0.7
    t.links.new(noise(0.9), rock.inputs[0])
    # snow lies where it is high and not too steep, with a ragged edge
    height = math_node("MULTIPLY", math_node("SUBTRACT", pos.outputs[2], snow_line), 0.22)
    edge = math_node("MULTIPLY", math_node("SUBTRACT", noise(1.3), 0.5), 1.6)
    slope = math_node("MULTIPLY", math_node("SUBTRACT", nor.outputs[2], 0.66), 5.0)
    lie = math_node("MINIMUM", math_node("ADD", height, edge), math_node("ADD", slope, math_node("MULTIPLY", edge, 0.8)))
    lie = math_node("MULTIPLY", lie, 2.5, True)
    green = N("ShaderNodeValToRGB")
    green.color_ramp.elements[0].color = (0.012, 0.020, 0.012, 1)
    green.color_ramp.elements[1].color = (0.05, 0.06, 0.028, 1)
    t.links.new(noise(4.0), green.inputs[0])
    low = math_node("ADD", math_node("MULTIPLY", math_node("SUBTRACT", snow_line - 2.5, pos.outputs[2]), 0.5), edge, True)
    m1 = N("ShaderNodeMixRGB"); t.links.new(low, m1.inputs[0])
    t.links.new(rock.outputs[0], m1.inputs[1]); t.links.new(green.outputs[0], m1.inputs[2])
    m2 = N("ShaderNodeMixRGB"); t.links.new(lie, m2.inputs[0])
    t.links.new(m1.outputs[0], m2.inputs[1]); m2.inputs[2].default_value = (0.82, 0.84, 0.88, 1)
    t.links.new(m2.outputs[0], p.inputs["Base Color"])
    bump = N("ShaderNodeBump"); bump.inputs["Strength"].default_value = 0.55; bump.inputs["Distance"].default_value = 0.12
    t.links.new(noise(3.0, 14), bump.inputs["Height"])
    t.links.new(bump.outputs[0], p.inputs["Normal"])
    _, fac, em = haze(m, blue_haze, length)
    # denser in the valleys, warmer towards the sun
    thin = math_node("EXPONENT", math_node("MULTIPLY", pos.outputs[2], -0.055), None)
    a = next(n for n in t.nodes if n.type == "MATH" and n.operation == "DIVIDE")
    dense = math_node("MULTIPLY", a.outputs[0], thin)
    b = next(n for n in t.nodes if n.type == "MATH" and n.operation == "EXPONENT" and n.outputs[0].links[0].to_node == fac)
    t.links.new(dense, b.inputs[0])
    side = math_node("ADD", math_node("MULTIPLY", math_node("DIVIDE", pos.outputs[0], pos.outputs[1]), 1.1), 0.45, True)
    hue = N("ShaderNodeMixRGB")
    t.links.new(side, hue.inputs[0])
    hue.inputs[1].default_value, hue.inputs[2].default_value = (*blue_haze, 1), (*sun_haze, 1)
    t.links.new(hue.outputs[0], em.inputs[0])
    return m


def mountains(seed_offset, relief):
    x, y = fan(2.0, 420.0, 2100, math.radians(38), 2300)
    ox, oy = seed_offset
    h = alps((x.ravel() + ox) / 42.0, (y.ravel() + oy) / 42.0, 13, 7).reshape(x.shape)
    h = (h - 0.55) * relief
    h -= 7.5 * np.exp(-(np.hypot(x, y) / 26.0) ** 2)          # keep the foreground below the eye
    return np.stack([x, y, h], -1)


def ridge():
    stage(4368, 2912, 16, exposure=0.5)
    m = mountain_material(4.2, (1.0, 0.50, 0.26), (0.24, 0.29, 0.46), 150.0)
    xyz = mountains((130, 40), 19.0)
    grid_mesh("terrain", xyz, m)
    world_sky(5.0, 62, 0.16, dust=2.2, altitude=1500)
    camera((0, -1, 9.5), (0, 100, 6.5), lens=38)
    bpy.context.scene.cycles.max_bounces = 3
    render("ridge")


def first_light():
    stage(2560, 1440, 16, exposure=0.1)
    m = mountain_material(2.5, (0.95, 0.62, 0.55), (0.30, 0.40, 0.58), 170.0)
    xyz = mountains((610, 377), 19.0)
    grid_mesh("terrain", xyz, m)
    world_sky(7.0, 120, 0.13, dust=0.6, altitude=2500)
    camera((0, -1, 14.0), (6, 100, 9.0), lens=60)
    bpy.context.scene.cycles.max_bounces = 3
    render("first_light")


def dunes():
    stage(1620, 1080, 20, exposure=0.1)
    x, y = fan(8.0, 700.0, 2300, math.radians(30), 1500)
    wx = x + 26 * fbm(x.ravel() / 60, y.ravel() / 60, 4, 3).reshape(x.shape)
    wy = y + 40 * fbm(x.ravel() / 75 + 9, y.ravel() / 75, 4, 4).reshape(x.shape)
    ph = (wy * 0.75 + wx * 0.55) / 46.0
    f = ph - np.floor(ph)
    g = np.arange(2048) / 2048
    profile = np.where(g < 0.72, (g / 0.72) ** 1.7, ((1 - g) / 0.28) ** 1.25)   # long windward, steep lee
    kernel = np.exp(-(np.arange(-120, 121) / 34.0) ** 2)
    profile = np.convolve(np.tile(profile, 3), kernel / kernel.sum(), "same")[2048:4096]  # the wind rounds the crest
    crest = np.interp(f, g, profile, period=1)
    amp = 4.5 + 9 * (fbm(x.ravel() / 120 + 3, y.ravel() / 120, 3, 8).reshape(x.shape) + 0.5)
    h = crest * amp + 10 * fbm(x.ravel() / 200, y.ravel() / 200, 3, 21).reshape(x.shape)
    rip = 0.5 + 0.5 * np.sin((wx * 0.9 - wy * 0.35) * 7.0 + 9 * fbm(x.ravel() / 7, y.ravel() / 7, 3, 5).reshape(x.shape))
    h += 0.06 * rip * np.exp(-np.hypot(x, y) / 110) * np.clip((0.66 - f) / 0.12, 0, 1) * np.clip(f / 0.1, 0, 1)
    d = np.hypot(x, y)
    h -= 4.0 * np.exp(-(d / 30) ** 2)
    m = material("sand", (0.62, 0.36, 0.19), 0.9, bump=(40, 0.15, 0.01), Specular_IOR_Level=0.15)
    haze(m, (0.86, 0.55, 0.42), 700, 0.9)
    grid_mesh("dunes", np.stack([x, y, h], -1), m)
    world_sky(14, -82, 0.13, dust=0.7)
    camera((0, -2, h[:60].max() + 14), (4, 90, 7.0), lens=50)
    render("dunes")


def conifer(seed, mat, bark):
    """A fir: whorls of drooping branches, each a spine with side twigs."""
    rnd = random.Random(seed)
    verts, faces, which = [], [], []

    def quad(a, b, c, d, w=0):
        i = len(verts)
        verts.extend([a, b, c, d])
        faces.append((i, i + 1, i + 2, i + 3))
        which.append(w)

    H, R = 1.0, 0.16 + 0.05 * rnd.random()
    for k in range(5):                                         # trunk
        a0 = k * 2 * math.pi / 5
        a1 = (k + 1) * 2 * math.pi / 5
        quad((0.014 * math.cos(a0), 0.014 * math.sin(a0), 0), (0.014 * math.cos(a1), 0.014 * math.sin(a1), 0),
             (0, 0, H), (0, 0, H), 1)
    levels = 46
    for i in range(levels):
        t = (i + rnd.random() * 0.6) / levels
        z = 0.06 + 0.94 * t
        length = R * (1 - t) ** 0.85 + 0.006
        n = 10 if t < 0.7 else 7
        for j in range(n):
            a = (j + rnd.random() * 0.9) * 2 * math.pi / n + i
            L = length * (0.65 + 0.5 * rnd.random())
            ca, sa = math.cos(a), math.sin(a)
            droop = 0.30 - 0.35 * t + 0.1 * rnd.random()
            seg = 7
            for s in range(seg):
                u0 = s / seg
                r0 = L * u0
                z0 = z - droop * L * u0 + 0.22 * L * u0 * u0
                tw = 0.34 * L * (1 - u0) ** 0.7 + 0.006
                for side in (-1, 1):
                    b = a + side * (0.75 + 0.3 * rnd.random())
                    cb, sb = math.cos(b), math.sin(b)
                    w = 0.012 + 0.010 * rnd.random()
                    dz = -0.28 * tw * (0.6 + 0.8 * rnd.random())
                    p = (r0 * ca, r0 * sa, z0)
                    q = (r0 * ca + tw * cb, r0 * sa + tw * sb, z0 + dz)
                    quad((p[0] - w * sb, p[1] + w * cb, p[2]), (p[0] + w * sb, p[1] - w * cb, p[2] - w * 0.4),
                         (q[0] + w * .3 * sb, q[1] - w * .3 * cb, q[2]), (q[0] - w * .3 * sb, q[1] + w * .3 * cb, q[2]))
    ob = mesh("fir", verts, faces, mat, smooth=False)
    ob.data.materials.append(bark)
    ob.data.polygons.foreach_set("material_index", np.array(which, np.int32))
    bpy.context.collection.objects.unlink(ob)
    return ob.data


def lake():
    stage(2000, 3000, 14, exposure=0.35)
    rnd = random.Random(11)
    fog = (0.50, 0.44, 0.42)
    needles = material("needles", (0.050, 0.088, 0.045), 0.7, mottle=(0.9, (0.030, 0.056, 0.036), 0.4, 0.6))
    bark = material("bark", (0.05, 0.035, 0.028), 0.9)
    larch = material("larch", (0.22, 0.13, 0.030), 0.7)
    ground = material("ground", (0.055, 0.050, 0.028), 0.95, bump=(1.2, 0.6, 0.3), mottle=(0.35, (0.02, 0.026, 0.015), 0.4, 0.6))
    stone = material("stone", (0.13, 0.12, 0.115), 0.6, bump=(6, 0.7, 0.05), mottle=(3, (0.05, 0.05, 0.048), 0.4, 0.62))
    for m in (needles, bark, larch, ground):
        haze(m, fog, 650)
    firs = [conifer(i, needles, bark) for i in range(5)] + [conifer(20 + i, larch, bark) for i in range(2)]

    def shore(x):
        return 92 + 9 * math.sin(x * 0.055 + 1) + 5 * math.sin(x * 0.17)

    def height(x, y):
        d = y - shore(x)
        hill = 46 * (1 - math.exp(-max(0, d - 12) / 120)) * (0.65 + 0.6 * math.exp(-((x + 55) / 60) ** 2))
        return (0.9 * (1 - math.exp(-d / 4)) if d > 0 else d * 0.25) + hill

    xs, ys = np.linspace(-190, 190, 200), np.linspace(70, 420, 180)
    pts = np.array([[(x, y, height(x, y) + 0.8 * rnd.random() * (y > shore(x) + 2)) for x in xs] for y in ys])
    grid_mesh("land", pts, ground)
    for k in range(2600):
        y = 92 + 300 * rnd.random() ** 1.5
        x = (rnd.random() - 0.5) * (150 + 0.55 * (y - 92))
        if y - shore(x) < 1.5:
            continue
        ob = bpy.data.objects.new("tree", rnd.choice(firs[:5]) if rnd.random() < 0.86 else rnd.choice(firs[5:]))
        s = (9 + 13 * rnd.random() ** 1.3) * (0.55 if y - shore(x) < 4 else 1)
        ob.scale = (s * (0.9 + 0.3 * rnd.random()),) * 2 + (s,)
        ob.location = (x, y, height(x, y) - 0.3)
        ob.rotation_euler = (0.03 * rnd.gauss(0, 1), 0.03 * rnd.gauss(0, 1), rnd.random() * 6.3)
        bpy.context.collection.objects.link(ob)
    # rocks before the camera
    for k in range(46):
        near = k < 26
        y = 4.2 + 7 * rnd.random() ** 1.6 if near else shore(0) - 4 + 5 * rnd.random()
        x = (rnd.random() - 0.5) * (5.5 if near else 150)
        if near and abs(x) < 0.5 and y < 7:
            x += 1.2
        r = (0.10 + 0.38 * rnd.random() ** 2) if near else 0.5 + 1.0 * rnd.random()
        ob = sphere((x, y, -0.12 * r), r, stone, 5)
        co = np.zeros(len(ob.data.vertices) * 3)
        ob.data.vertices.foreach_get("co", co)
        c = co.reshape(-1, 3)
        n1 = fbm(c[:, 0] * 1.6 / r + k * 7, c[:, 1] * 1.6 / r + c[:, 2] * 1.3 / r, 5, 40 + k)
        c *= (1 + 0.55 * n1)[:, None]
        c[:, 2] *= 0.55
        ob.data.vertices.foreach_set("co", c.ravel())
        ob.rotation_euler = (0, 0, rnd.random() * 6)
    # reeds
    blade = material("reed", (0.20, 0.16, 0.055), 0.7)
    verts, faces = [], []
    for k in range(420):
        cx, cy = rnd.choice([(-2.6, 7.4), (-2.1, 6.7), (2.9, 9.5), (-3.4, 9.0)])
        x, y = cx + rnd.gauss(0, 0.35), cy + rnd.gauss(0, 0.4)
        h, lean, a = 0.5 + 0.7 * rnd.random(), rnd.gauss(0.12, 0.2), rnd.random() * 6.3
        w = 0.006
        for s in range(6):
            i = len(verts)
            for u in (s / 6, (s + 1) / 6):
                ww = w * (1 - u ** 2)
                bx, by = x + lean * u * u * math.cos(a), y + lean * u * u * math.sin(a)
                verts.extend([(bx - ww, by, h * u - 0.1), (bx + ww, by, h * u - 0.1)])
            faces.append((i, i + 1, i + 3, i + 2))
    mesh("reeds", verts, faces, blade, smooth=False)
    # water
    water = material("water", (0.012, 0.022, 0.024), 0.015, Specular_IOR_Level=0.6)
    t = water.node_tree
    p = t.nodes["Principled BSDF"]
    co = t.nodes.new("ShaderNodeTexCoord")
    mp = t.nodes.new("ShaderNodeMapping"); mp.inputs["Scale"].default_value = (0.35, 1.0, 1)
    n = t.nodes.new("ShaderNodeTexNoise"); n.inputs["Scale"].default_value = 1.6; n.inputs["Detail"].default_value = 4
    b = t.nodes.new("ShaderNodeBump"); b.inputs["Strength"].default_value = 0.06; b.inputs["Distance"].default_value = 0.1
    t.links.new(co.outputs["Object"], mp.inputs[0]); t.links.new(mp.outputs[0], n.inputs["Vector"])
    t.links.new(n.outputs[0], b.inputs["Height"]); t.links.new(b.outputs[0], p.inputs["Normal"])
    mesh("water", [(-400, -20, 0), (400, -20, 0), (400, 420, 0), (-400, 420, 0)], [(0, 1, 2, 3)], water)
    world_sky(12, 128, 0.14, dust=2.5)
    camera((0, 0, 1.6), (0, 60, 2.2), lens=34)
    render("lake")


def plaster(name, color, dark):
    return material(name, color, 0.9, bump=(9, 0.25, 0.03), mottle=(2.2, dark, 0.3, 0.7))


def sprig(base, height, lean, mat, stem, seed, leaf=0.2, gap=0.11):
    """A eucalyptus twig: a bent stem with round leaves, two by two."""
    rnd = random.Random(seed)
    pts = []
    for i in range(24):
        u = i / 23
        pts.append(Vector(base) + Vector((lean[0] * u * u, lean[1] * u * u, height * u)))
    cu = bpy.data.curves.new("stem", "CURVE")
    cu.dimensions, cu.bevel_depth = "3D", 0.012
    sp = cu.splines.new("POLY")
    sp.points.add(len(pts) - 1)
    for q, v in zip(sp.points, pts):
        q.co = (*v, 1)
    cu.materials.append(stem)
    bpy.context.collection.objects.link(bpy.data.objects.new("stem", cu))
    verts, faces = [], []
    u, turn = 0.42, rnd.random() * 3
    while u < 1.0:
        i = min(22, int(u * 23))
        c = pts[i].lerp(pts[i + 1], u * 23 - i)
        size = leaf * (1.05 - 0.55 * u) * (0.8 + 0.4 * rnd.random())
        for side in (0, math.pi):
            a = turn + side + rnd.gauss(0, 0.2)
            out = Vector((math.cos(a), math.sin(a), 0.5 + 0.3 * rnd.random())).normalized()
            across = out.cross(Vector((0, 0, 1))).normalized()
            up = across.cross(out).normalized()
            k = len(verts)
            rows, cols = 9, 7
            for r in range(rows):
                s = r / (rows - 1)
                half = size * 0.46 * math.sin(math.pi * s ** 0.8) ** 0.75 if 0 < s < 1 else 0.0
                for q in range(cols):
                    w = (q / (cols - 1) - 0.5) * 2
                    v = c + out * (size * (0.08 + s)) + across * (half * w) + up * (size * (0.16 * w * w - 0.28 * s * s))
                    verts.append(tuple(v))
            for r in range(rows - 1):
                for q in range(cols - 1):
                    i0 = k + r * cols + q
                    faces.append((i0, i0 + 1, i0 + cols + 1, i0 + cols))
        turn += math.pi / 2 + rnd.gauss(0, 0.15)
        u += gap / height
    mesh("leaves", verts, faces, mat)


def still_life():
    stage(2400, 3000, 14, exposure=0.25)
    wall = plaster("wall", (0.62, 0.40, 0.30), (0.56, 0.35, 0.255))
    floor = plaster("floor", (0.70, 0.60, 0.50), (0.62, 0.52, 0.42))
    box((0, 2.4, 2), (14, 0.3, 9), wall, 0)
    box((0, 0, -0.25), (14, 8, 0.5), floor, 0)
    box((-0.72, 0.75, 0.35), (1.7, 1.5, 0.7), floor, 0.03)
    box((0.95, 0.95, 0.14), (1.9, 1.3, 0.28), plaster("slab", (0.42, 0.20, 0.13), (0.36, 0.165, 0.105)), 0.03)
    arch = [(-0.75, 0), (0.75, 0), (0.75, 1.5)] + [(0.75 * math.cos(a), 1.5 + 0.75 * math.sin(a)) for a in np.linspace(0, math.pi, 48)] + [(-0.75, 1.5)]
    ob = outline("arch", [arch], 0.3, plaster("archp", (0.74, 0.64, 0.54), (0.68, 0.57, 0.47)), 0.015)
    ob.rotation_euler, ob.location = (math.pi / 2, 0, 0), (0.85, 1.75, 0)
    glaze = material("glaze", (0.80, 0.76, 0.68), 0.42, bump=(5, 0.12, 0.03), mottle=(26, (0.40, 0.30, 0.20), 0.30, 0.36), Coat_Weight=0.25)
    vase = [(0.0, 0.0), (0.22, 0.0), (0.27, 0.03), (0.42, 0.3), (0.47, 0.58), (0.38, 0.88), (0.19, 1.06), (0.13, 1.2), (0.15, 1.36), (0.20, 1.42), (0.18, 1.42), (0.115, 1.34), (0.10, 1.2), (0.15, 1.05), (0.3, 0.85), (0.38, 0.58), (0.3, 0.3), (0.0, 0.1)]
    lathe("vase", vase, glaze, (-0.72, 0.75, 0.7))
    blue = material("blue", (0.035, 0.105, 0.13), 0.3, bump=(3, 0.15, 0.05), mottle=(3.5, (0.02, 0.06, 0.085), 0.35, 0.65), Coat_Weight=0.6)
    bowl = [(0, 0.0), (0.2, 0.0), (0.22, 0.05), (0.36, 0.16), (0.52, 0.36), (0.58, 0.55), (0.56, 0.56), (0.5, 0.38), (0.34, 0.2), (0.15, 0.11), (0, 0.1)]
    lathe("bowl", bowl, blue, (0.85, 0.7, 0.28))
    terra = material("terra", (0.50, 0.17, 0.085), 0.75, bump=(30, 0.2, 0.01), mottle=(5, (0.42, 0.13, 0.06), 0.4, 0.6))
    jug = [(0, 0), (0.18, 0), (0.22, 0.04), (0.30, 0.22), (0.28, 0.42), (0.15, 0.56), (0.12, 0.66), (0.155, 0.73), (0.135, 0.73), (0.1, 0.65), (0.12, 0.55), (0.24, 0.4), (0.25, 0.22), (0, 0.08)]
    lathe("jug", jug, terra, (0.02, -0.35, 0.0))
    peel = material("plum", (0.22, 0.025, 0.05), 0.35, mottle=(4, (0.10, 0.012, 0.045), 0.35, 0.65), Subsurface_Weight=0.15)
    sphere((0.72, 0.62, 0.62), 0.17, peel)
    sphere((0.98, 0.80, 0.63), 0.165, peel)
    sphere((0.80, -0.55, 0.155), 0.155, peel)
    sphere((-1.02, -0.42, 0.24), 0.24, material("marble", (0.8, 0.78, 0.75), 0.25, mottle=(3, (0.45, 0.42, 0.40), 0.42, 0.5)))
    leaf = material("leaf", (0.16, 0.22, 0.15), 0.55, mottle=(5, (0.11, 0.165, 0.125), 0.35, 0.65), Subsurface_Weight=0.1)
    stem = material("stem", (0.20, 0.12, 0.08), 0.7)
    for i, (ln, h) in enumerate([((0.55, 0.1), 1.9), ((-0.5, -0.15), 1.7), ((0.08, -0.4), 2.05), ((-0.15, 0.35), 1.5)]):
        sprig((-0.72 + 0.04 * math.cos(i * 2), 0.75 + 0.04 * math.sin(i * 2), 1.75), h, ln, leaf, stem, i, leaf=0.27, gap=0.17)
    world_color((0.55, 0.62, 0.75), 0.32)
    sun((0.62, 0.72, -0.58), 4.2, (1.0, 0.86, 0.70), 1.6)
    # a window frame throws its shadow
    dark = material("gobo", (0.1, 0.1, 0.1), 1)
    for k in range(3):
        box((-6.2, -5.2 + 1.5 * k, 5.6), (0.06, 0.14, 7), dark, 0)
    for k in range(3):
        box((-6.2, -4.2, 3.4 + 1.6 * k), (0.06, 9, 0.14), dark, 0)
    camera((0.05, -6.9, 2.1), (0.05, 0.8, 1.80), lens=56, focus=(-0.5, 0.4, 1.2), fstop=2.8)
    render("still_life")


def orange_slice(path):
    n = 1400
    yy, xx = np.mgrid[0:n, 0:n] / (n - 1) * 2 - 1
    r, a = np.hypot(xx, yy), np.arctan2(yy, xx)
    f1 = fbm((xx * 3).ravel(), (yy * 3).ravel(), 5, 1).reshape(n, n)
    seg = 10
    aw = a + 0.10 * f1
    ph = (aw / (2 * np.pi) * seg) % 1
    gap = np.minimum(ph, 1 - ph) * 2 * np.pi / seg * r          # distance to a membrane
    streak = fbm((aw * 46).ravel(), (r * 7 + ph).ravel(), 4, 2).reshape(n, n)
    flesh = np.stack([0.93 + 0.09 * streak, 0.42 + 0.30 * streak, 0.045 + 0.06 * streak], -1)
    flesh *= (0.86 + 0.2 * r)[..., None]
    pith = np.array([0.97, 0.86, 0.62]) * (1 + 0.06 * f1)[..., None]
    edge = 0.86 - 0.028 * np.exp(-(gap / 0.05)) - 0.01 * f1
    k = np.clip((gap - 0.007 - 0.004 * f1) / 0.008, 0, 1) * np.clip((edge - r) / 0.012, 0, 1) * np.clip((r - 0.075 - 0.03 * f1) / 0.02, 0, 1)
    img = pith * (1 - k[..., None]) + flesh * k[..., None]
    rind = np.clip((r - 0.945) / 0.012, 0, 1)[..., None]
    img = img * (1 - rind) + np.array([0.95, 0.45, 0.04]) * rind
    Image.fromarray((np.clip(img, 0, 1) * 255).astype(np.uint8)).save(path)


def citrus():
    stage(2400, 1800, 14, exposure=0.1, look="AgX - High Contrast")
    table = plaster("paper", (0.045, 0.30, 0.34), (0.040, 0.275, 0.315))
    mesh("table", [(-8, -8, 0), (8, -8, 0), (8, 8, 0), (-8, 8, 0)], [(0, 1, 2, 3)], table)
    peel = material("peel", (0.93, 0.27, 0.012), 0.38, bump=(20, 0.55, 0.03), Subsurface_Weight=0.12, Coat_Weight=0.15)
    lemon = material("lemon", (0.90, 0.58, 0.02), 0.4, bump=(20, 0.5, 0.03), Subsurface_Weight=0.12)
    tex = os.path.join(OUT, "slice.png")
    orange_slice(tex)
    cut = material("cut", rough=0.40, image=tex, bump=(14, 0.22, 0.02), Subsurface_Weight=0.1, Specular_IOR_Level=0.35)
    rnd = random.Random(5)

    def half(x, y, r, tilt, spin, lift=0.0):
        prof = [(r * math.sin(t), -r * math.cos(t)) for t in np.linspace(0, math.pi / 2, 24)]
        h = lathe("half", prof, peel, subdivide=False)
        ang = np.linspace(0, 2 * math.pi, 128, endpoint=False)
        rad = np.linspace(0, 1, 12)
        v = [(q * r * math.cos(a), q * r * math.sin(a), 0.012 * r * math.sin(q * 9)) for q in rad for a in ang]
        uv = [(0.5 + 0.5 * q * math.cos(a), 0.5 + 0.5 * q * math.sin(a)) for q in rad for a in ang]
        f = [(i * 128 + j, i * 128 + (j + 1) % 128, (i + 1) * 128 + (j + 1) % 128, (i + 1) * 128 + j) for i in range(11) for j in range(128)]
        d = mesh("face", v, f, cut, uvs=uv)
        d.parent = h
        h.location = (x, y, lift)
        h.rotation_euler = (tilt[0], tilt[1], spin)

    def whole(x, y, r, mat, stretch=1.0, turn=0.0):
        ob = sphere((x, y, r * 0.97), r, mat)
        c = np.zeros(len(ob.data.vertices) * 3)
        ob.data.vertices.foreach_get("co", c)
        c = c.reshape(-1, 3)
        u = c[:, 0] / r
        c[:, 0] *= stretch
        c[:, 0] += np.sign(u) * (0.20 * r * np.clip(np.abs(u) - 0.86, 0, 1) / 0.14) * (stretch > 1)
        n = fbm(c[:, 0] / r * 1.4 + x * 5, c[:, 1] / r * 1.4 + c[:, 2] / r, 2, 9)
        c *= (1 + 0.04 * n)[:, None]
        ob.data.vertices.foreach_set("co", c.ravel())
        ob.rotation_euler = (0, rnd.gauss(0, 0.1), turn)

    whole(-0.35, 0.95, 0.62, peel)
    whole(1.35, 0.75, 0.60, peel)
    whole(-1.75, 0.35, 0.44, lemon, 1.28, 0.7)
    whole(2.25, -0.55, 0.43, lemon, 1.28, 2.2)
    half(0.42, -0.35, 0.60, (0.72, 0.0), 0.25, 0.40)
    half(-0.95, -0.75, 0.58, (0.0, 0.0), 1.0, 0.585)
    half(1.25, -1.25, 0.50, (0.15, -0.1), 2.0, 0.49)
    leaf = material("leaf", (0.035, 0.13, 0.025), 0.35, bump=(9, 0.3, 0.02))
    for cx, cy, ang, size in [(0.05, 0.85, 0.4, 0.75), (-0.75, 1.25, 2.6, 0.7), (-1.9, -0.95, -0.5, 0.8), (2.05, 0.25, 0.9, 0.7)]:
        rows, cols = 24, 9
        pts = np.zeros((rows, cols, 3))
        for r in range(rows):
            s = r / (rows - 1)
            w = size * 0.24 * math.sin(math.pi * s ** 0.85) ** 0.9
            for q in range(cols):
                k = (q / (cols - 1) - 0.5) * 2
                px, py = s * size, w * k
                pz = 0.04 + 0.09 * abs(k) * (w / size) * 3 + 0.16 * math.sin(s * 2.6) * size + (0.9 if cy > 0.8 else 0) * 0.9
                pts[r, q] = (cx + px * math.cos(ang) - py * math.sin(ang), cy + px * math.sin(ang) + py * math.cos(ang), pz)
        grid_mesh("leaf", pts, leaf)
    world_color((0.7, 0.8, 1.0), 0.35)
    sun((-0.7, 0.55, -0.85), 5.0, (1, 0.92, 0.80), 1.2)
    camera((0.15, -5.6, 4.6), (0.15, -0.05, 0.28), lens=55, focus=(0.4, -0.6, 0.6), fstop=4.0)
    render("citrus")


def label_image(path):
    w, h = 2400, 900
    im = Image.new("RGB", (w, h), (244, 239, 228))
    d = ImageDraw.Draw(im)
    sans = lambda s, b=False: ImageFont.truetype(os.path.join(FONTS, "Inter-Bold.otf" if b else "Inter-Regular.otf"), s)
    for cx in (600, 1800):
        d.text((cx, 200), "NORRVIK", font=sans(150, True), fill=(34, 52, 48), anchor="mm")
        d.line((cx - 90, 320, cx + 90, 320), fill=(190, 96, 52), width=8)
        d.text((cx, 420), "SEA PINE", font=sans(84), fill=(34, 52, 48), anchor="mm")
        d.text((cx, 520), "body oil", font=sans(60), fill=(96, 104, 98), anchor="mm")
        d.text((cx, 770), "50 ml  ·  1.7 fl oz", font=sans(46), fill=(96, 104, 98), anchor="mm")
    d.rectangle((0, 0, w, 16), fill=(190, 96, 52))
    d.rectangle((0, h - 16, w, h), fill=(190, 96, 52))
    im.save(path)


def bottle(shadow_plane=True):
    tex = os.path.join(OUT, "label.png")
    label_image(tex)
    amber = material("amber", (0.62, 0.20, 0.03), 0.03, Transmission_Weight=1.0, IOR=1.48)
    fluid = material("fluid", (0.30, 0.075, 0.008), 0.05, Transmission_Weight=0.75, IOR=1.36)
    r = 0.5
    prof = [(0, 0.0), (0.40, 0.0), (0.47, 0.02), (r, 0.09), (r, 0.5), (r, 1.10), (0.49, 1.20), (0.42, 1.33), (0.25, 1.43), (0.20, 1.48), (0.20, 1.62)]
    body = lathe("glass", prof, amber)
    inner = [(max(0, q[0] - 0.035), q[1] + (0.05 if q[1] < 0.1 else 0)) for q in prof[:-3]]
    fl = lathe("fluid", [p for p in inner if p[1] < 1.15] + [(0.0, 1.12)], fluid)
    black = material("cap", (0.015, 0.014, 0.013), 0.42, Coat_Weight=0.2)
    ang = np.linspace(0, 2 * math.pi, 361)
    zs = [1.55, 1.56, 1.60, 1.90, 1.93, 1.94]
    rs = [0.245, 0.255, 0.262, 0.258, 0.25, 0.235]
    rib = 1 + 0.012 * np.cos(ang * 60)
    cap = np.array([[(q * (b if 1 <= i <= 3 else 1) * math.cos(a), q * (b if 1 <= i <= 3 else 1) * math.sin(a), z) for a, b in zip(ang, rib)] for i, (q, z) in enumerate(zip(rs, zs))])
    grid_mesh("cap", cap, black)
    lathe("top", [(0.235, 1.94), (0.12, 1.945), (0.0, 1.945)], black, subdivide=False)
    rubber = material("rubber", (0.02, 0.018, 0.017), 0.6)
    lathe("bulb", [(0.15, 1.93), (0.16, 1.97), (0.145, 2.02), (0.15, 2.15), (0.155, 2.30), (0.12, 2.42), (0.05, 2.47), (0.0, 2.475)], rubber)
    paper = material("label", rough=0.6, image=tex, bump=(90, 0.04, 0.004))
    n = 181
    a = np.linspace(-math.pi, math.pi, n) - math.pi / 2
    R = r + 0.004
    v = [(R * math.cos(t), R * math.sin(t), z) for z in (0.27, 1.02) for t in a]
    uv = [(i / (n - 1) + 0.25 + 0.0, k) for k in (0, 1) for i in range(n)]
    f = [(i, i + 1, n + i + 1, n + i) for i in range(n - 1)]
    lab = mesh("labelpaper", v, f, paper, uvs=uv)
    if shadow_plane:
        pl = mesh("floor", [(-8, -8, 0), (8, -8, 0), (8, 8, 0), (-8, 8, 0)], [(0, 1, 2, 3)], material("floor", (0.9, 0.9, 0.9), 0.8))
        pl.is_shadow_catcher = True
    area((-3.2, -1.6, 2.6), (0, 0, 1.0), 1.2, 130, (1, 0.97, 0.93), 3.6)
    area((3.0, -0.4, 2.2), (0, 0, 1.1), 0.9, 80, (0.93, 0.96, 1), 3.2)
    area((0, 3.2, 2.0), (0, 0, 0.9), 2.6, 90)
    area((0, -0.5, 5.0), (0, 0, 0), 2.5, 60)
    world_color((1, 1, 1), 0.25)
    return lab


def bottle_cutout():
    stage(1400, 1800, 48, look="AgX - Medium High Contrast", clear=True, exposure=0.3)
    bottle()
    camera((0, -7.6, 2.0), (0, 0, 1.17), lens=92)
    render("bottle")


def turntable():
    s = stage(480, 600, 12, look="AgX - Medium High Contrast", exposure=0.3)
    lab = bottle(False)
    wall = material("wall", (0.36, 0.47, 0.44), 0.9)
    th = np.linspace(0, math.pi / 2, 20)
    prof = [(-6.0, 0.0)] + [(3.0 + 1.5 * math.sin(t), 1.5 - 1.5 * math.cos(t)) for t in th] + [(4.5, 9.0)]
    pts = np.array([[(x, y, z) for x in (-9, 9)] for y, z in prof])
    grid_mesh("sweep", pts, wall)
    camera((0, -7.6, 2.0), (0, 0, 1.18), lens=68)
    for i in range(20):
        lab.rotation_euler = (0, 0, -i * math.pi / 20)           # the label repeats after half a turn
        render("turntable_%02d" % i)


def arches():
    stage(2400, 1600, 14, look="AgX - High Contrast", exposure=0.1)
    con = material("concrete", (0.55, 0.55, 0.55), 0.85, bump=(7, 0.25, 0.02), mottle=(1.3, (0.42, 0.42, 0.42), 0.35, 0.68))
    floor = material("floor", (0.40, 0.40, 0.40), 0.32, bump=(3, 0.08, 0.02), mottle=(2.0, (0.30, 0.30, 0.30), 0.35, 0.65))
    bay, n, w, top = 3.0, 12, 1.05, 2.6
    holes = []
    for i in range(n):
        c = i * bay
        holes.append([(c - w, 0.02), (c + w, 0.02), (c + w, top)] + [(c + w * math.cos(a), top + w * math.sin(a)) for a in np.linspace(0, math.pi, 64)][1:-1] + [(c - w, top)])
    rect = [(-bay * 2, 0), (bay * (n + 1), 0), (bay * (n + 1), 4.6), (-bay * 2, 4.6)]
    ob = outline("arcade", [rect] + holes, 0.7, con, 0.01)
    ob.rotation_euler, ob.location = (math.pi / 2, 0, math.pi / 2), (2.0, 0, 0)
    box((-2.35, 15, 2.3), (0.7, 70, 4.6), con, 0)
    box((0, 15, -0.25), (14, 80, 0.5), floor, 0)
    for i in range(-1, n):                                        # cross ribs carry the vault
        y = (i + 0.5) * bay
        r = 2.0
        rib = [(-r, 3.1)] + [(r * math.cos(a), 3.1 + 1.15 * math.sin(a)) for a in np.linspace(math.pi, 0, 64)] + [(r, 4.6), (-r, 4.6)]
        o = outline("rib", [rib], 0.5, con, 0.01)
        o.rotation_euler, o.location = (math.pi / 2, 0, 0), (0, y, 0)
    box((0, 15, 4.75), (4.8, 80, 0.3), con, 0)
    end = box((0, 40, 2), (8, 0.4, 6), con, 0)
    # a bench and a figure-sized urn give scale
    box((-1.62, 7.6, 0.24), (0.5, 1.9, 0.48), con, 0.02)
    lathe("urn", [(0, 0), (0.2, 0), (0.24, 0.05), (0.14, 0.14), (0.3, 0.42), (0.36, 0.68), (0.26, 0.86), (0.31, 0.95), (0.27, 0.95), (0.2, 0.86), (0, 0.8)], material("urn", (0.16, 0.16, 0.16), 0.6, bump=(10, 0.3, 0.02)), (-1.5, 11.8, 0))
    world_color((0.75, 0.75, 0.75), 0.55)
    sun((-0.80, 0.50, -0.62), 7.0, (1, 1, 1), 0.6)
    camera((-0.35, -3.4, 1.5), (0.0, 20, 1.75), lens=27)
    render("arches")


def paper():
    s = stage(2600, 1734, 16, look="None", exposure=0.0)
    s.view_settings.view_transform = "Standard"
    s.view_settings.exposure = -0.05
    n = 96
    stops = [(0.90, 0.0, 0.12), (0.98, 0.02, 0.0), (1.0, 0.22, 0.0), (1.0, 0.62, 0.0), (0.35, 0.72, 0.0),
             (0.0, 0.60, 0.16), (0.0, 0.52, 0.50), (0.0, 0.20, 0.80), (0.16, 0.0, 0.68), (0.62, 0.0, 0.50)]
    rnd = random.Random(2)
    xs = np.linspace(-7, 7, 360)
    z = np.zeros_like(xs)
    for i in range(n):
        t = i / (n - 1) * (len(stops) - 1)
        k = min(len(stops) - 2, int(t))
        c = tuple(stops[k][j] * (1 - (t - k)) + stops[k + 1][j] * (t - k) for j in range(3))
        m = material("sheet%d" % i, c, 0.62, bump=(140, 0.05, 0.004), Specular_IOR_Level=0.25)
        u = i / n
        swell = 0.030 + 0.125 * np.exp(-((xs - 3.6 * math.sin(u * 5.2 + 0.5)) / 1.25) ** 2) * (0.35 + 0.65 * math.sin(u * 9.0 + 1) ** 2) \
            + 0.07 * np.exp(-((xs + 2.9 * math.cos(u * 4.1)) / 0.9) ** 2) * math.sin(u * 13) ** 2
        z = z + swell + 0.004 * rnd.random()
        depth = 0.10 * math.sin(u * 17) + 0.07 * rnd.gauss(0, 1)
        front = -3.0 + depth + 0.5 * np.sin(xs * 0.4 + u * 6)
        pts = np.stack([np.stack([xs, front, z - 5.2], -1), np.stack([xs, front + 7, z - 5.2], -1)], 0)
        ob = grid_mesh("sheet", pts, m)
        so = ob.modifiers.new("thick", "SOLIDIFY")
        so.thickness = 0.016
    world_color((1, 1, 1), 0.42)
    area((-5, -9, 7), (0, -3, 0), 3.0, 1500, (1, 0.98, 0.95))
    area((7, -8, -3), (0, -3, 0), 3.0, 260, (0.95, 0.97, 1))
    camera((1.2, -11.0, 0.2), (0.2, -2.8, -2.0), lens=72, focus=(0.2, -3.2, -1.9), fstop=1.1)
    render("paper")


SCENES = {f.__name__: f for f in (ridge, first_light, dunes, lake, still_life, citrus, bottle_cutout, turntable, arches, paper)}

if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("names", nargs="*", default=list(SCENES))
    ap.add_argument("--out", default=OUT)
    ap.add_argument("--scale", type=float, default=1.0)
    args = ap.parse_args()
    OUT, SCALE = args.out, args.scale
    os.makedirs(OUT, exist_ok=True)
    for name in args.names:
        SCENES[name]()
