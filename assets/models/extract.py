"""Writes faces.bin from libfacedetection's shared library, version 3 (2023):

    pip install numpy
    python extract.py libfacedetection.so faces.bin

What is written is what `src-tauri/crates/faces/src/weights.rs` reads: little-endian floats, for
each layer its weights and its biases, outputs side by side and padded to a multiple of 16.
"""

import ctypes
import struct
import sys

import numpy as np

library = ctypes.CDLL(sys.argv[1])
table = ctypes.string_at(ctypes.addressof(ctypes.c_char.in_dll(library, "param_pConvInfo")), 53 * 32)


def layer(index):
    """The weights by input (of a depthwise layer: by tap) and output, and the biases."""
    inputs, outputs, depthwise = struct.unpack_from("<ii?", table, index * 32)
    weights, biases = struct.unpack_from("<QQ", table, index * 32 + 16)
    read = lambda address, count: np.frombuffer(ctypes.string_at(address, count * 4), "<f4")
    if depthwise:
        return read(weights, 9 * outputs).reshape(9, outputs), read(biases, outputs)
    return read(weights, inputs * outputs).reshape(outputs, inputs).T, read(biases, outputs)


def joined(*layers):
    """Several layers of one input as one."""
    return tuple(np.concatenate(parts, axis=-1) for parts in zip(*layers))


def padded(values):
    missing = -values.shape[-1] % 16
    return np.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, missing)])


first, biases = layer(0)
# Nine pixels of blue, green and red become nine of red, green and blue.
first = first[:27].reshape(9, 3, 16)[:, ::-1].reshape(27, 16)
layers = [(first, biases)] + [layer(index) for index in range(1, 29)]
for level in range(3):
    # Class, presence and box; the landmarks are left out.
    heads = [29 + 2 * level, 41 + 2 * level, 35 + 2 * level]
    layers.append(joined(*(layer(head) for head in heads)))
    layers.append(joined(*(layer(head + 1) for head in heads)))
with open(sys.argv[2], "wb") as file:
    for weights, biases in layers:
        file.write(padded(weights).astype("<f4").tobytes() + padded(biases).astype("<f4").tobytes())
