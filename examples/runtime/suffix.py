#!/usr/bin/env python3
"""Runs the suffix of a model in a process of the creator's own. Python's standard library is enough.

It is an example of the two ways in which `encompute creator serve` hands over work:

    encompute creator serve --runtime "exec:python3 examples/runtime/suffix.py model.onnx"
    python3 examples/runtime/suffix.py model.onnx --http 9000 &
    encompute creator serve --runtime http://127.0.0.1:9000/

Each request is a .npy file, float32, whose first dimension counts the samples. The answer is a JSON
object, {"outputs": [[...], ...]} with an output for each sample, or {"error": "..."} if the values are
at fault. Over standard input and output the files follow each other, and each answer is one line; the
layer that the suffix follows is in the environment, in ENCOMPUTE_CUT. Over HTTP it is the parameter
cut of the address, and values at fault get status 422.

What is below `Suffix` is the model, here read from its ONNX file and computed layer by layer, for
networks of Gemm, Relu, squares, Flatten and Softmax. Replace it by your framework:

    x = numpy.lib.format.read_array(sys.stdin.buffer)      # or torch.from_numpy of that
"""
import argparse
import ast
import http.server
import json
import math
import os
import struct
import sys
import urllib.parse
from array import array

MAX_VALUES = 1 << 24


class BadValues(Exception):
    """The values do not fit the suffix."""


def read_npy(f):
    """Returns shape and flat values of one .npy file, or None at the end of f."""
    magic = f.read(10)
    if not magic:
        return None
    if len(magic) < 10 or magic[:8] != b"\x93NUMPY\x01\x00":
        raise BadValues("not a .npy file of format 1.0")
    header = ast.literal_eval(f.read(struct.unpack("<H", magic[8:])[0]).decode("latin1"))
    shape = header["shape"]
    if header["descr"] != "<f4" or header["fortran_order"] or math.prod(shape) > MAX_VALUES:
        raise BadValues("want float32 values in C order, and not too many")
    values = array("f")
    values.frombytes(f.read(4 * math.prod(shape)))
    if sys.byteorder == "big":
        values.byteswap()
    return shape, values


def answer(suffixes, cut, shape, values):
    """Evaluates a batch."""
    suffix = suffixes(cut)
    size = math.prod(shape[1:])
    outputs = [suffix.run(values[i * size:(i + 1) * size].tolist()) for i in range(shape[0])]
    return {"outputs": outputs}


# --- the model ---------------------------------------------------------------------------------


def fields(b):
    """Yields (field number, value) of a protobuf message; a value is an integer or bytes."""
    at = 0

    def varint():
        nonlocal at
        v = shift = 0
        while True:
            v |= (b[at] & 127) << shift
            at += 1
            if b[at - 1] < 128:
                return v
            shift += 7

    while at < len(b):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            size = {1: 8, 5: 4}.get(key & 7) or varint()
            yield key >> 3, bytes(b[at:at + size])
            at += size


def message(b):
    """Returns the fields of a message, each a list."""
    m = {}
    for number, value in fields(b):
        m.setdefault(number, []).append(value)
    return m


def text(m, number):
    return m.get(number, [b""])[0].decode()


def tensor(b):
    """Returns name, shape and values of an ONNX TensorProto; None for values that are not float32."""
    m = message(b)
    shape = []
    for d in m.get(1, []):
        shape += [d] if isinstance(d, int) else [v for v in packed(d)]
    values = array("f")
    if m.get(2) != [1]:
        return text(m, 8), shape, None
    values.frombytes(m[9][0] if 9 in m else b"".join(m.get(4, [])))
    if sys.byteorder == "big":
        values.byteswap()
    return text(m, 8), shape, values.tolist()


def packed(b):
    v = shift = 0
    for byte in b:
        v |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield v
            v = shift = 0


class Node:
    def __init__(self, b):
        m = message(b)
        self.inputs = [v.decode() for v in m.get(1, [])]
        self.outputs = [v.decode() for v in m.get(2, [])]
        self.name, self.op = text(m, 3), text(m, 4)
        self.attributes = {}
        for a in map(message, m.get(5, [])):
            self.attributes[text(a, 1)] = struct.unpack("<f", a[2][0])[0] if 2 in a else a.get(3, [None])[0]


class Suffix:
    """The layers of a model after a cut."""

    def __init__(self, path, cut):
        with open(path, "rb") as f:
            graph = message(message(f.read())[7][0])
        self.weights = {name: (shape, values) for name, shape, values in map(tensor, graph.get(5, []))}
        nodes = [Node(b) for b in graph[1]]
        layers = [n.name.split("/")[1] if n.name.startswith("/") else n.name for n in nodes]
        if cut not in layers:
            raise SystemExit(f"{path} has no layer {cut!r}; it has {', '.join(dict.fromkeys(layers))}")
        last = len(layers) - 1 - layers[::-1].index(cut)
        self.input, self.nodes = nodes[last].outputs[0], nodes[last + 1:]

    def run(self, x):
        """Evaluates one sample."""
        values = {self.input: x}
        for n in self.nodes:
            x = values[n.inputs[0]]
            if n.op == "Gemm":
                y = self.gemm(n, x)
            elif n.op == "Relu":
                y = [max(v, 0.0) for v in x]
            elif n.op == "Mul" and n.inputs[0] == n.inputs[1]:
                y = [v * v for v in x]
            elif n.op in ("Flatten", "Identity", "Dropout"):
                y = x
            elif n.op == "Softmax":
                e = [math.exp(v - max(x)) for v in x]
                y = [v / sum(e) for v in e]
            else:
                raise SystemExit(f"layer {n.name}: this example does not know {n.op}")
            values[n.outputs[0]] = y
        return y

    def gemm(self, n, x):
        (rows, columns), w = self.weights[n.inputs[1]]
        bias = self.weights[n.inputs[2]][1] if len(n.inputs) > 2 else [0.0] * (rows + columns)
        alpha, beta = n.attributes.get("alpha", 1.0), n.attributes.get("beta", 1.0)
        if not n.attributes.get("transB"):
            w = [w[i * columns + o] for o in range(columns) for i in range(rows)]
            rows, columns = columns, rows
        if len(x) != columns:
            raise BadValues(f"{len(x)} values, the suffix takes {columns}")
        return [alpha * sum(a * b for a, b in zip(w[o * columns:(o + 1) * columns], x)) + beta * bias[o] for o in range(rows)]


# --- the two ways ------------------------------------------------------------------------------


def serve_pipe(suffixes):
    while True:
        try:
            request = read_npy(sys.stdin.buffer)
            if request is None:
                return
            line = answer(suffixes, os.environ["ENCOMPUTE_CUT"], *request)
        except BadValues as e:
            line = {"error": str(e)}
        print(json.dumps(line), flush=True)


def serve_http(suffixes, port):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            status = 200
            try:
                query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
                body = answer(suffixes, query["cut"][0], *read_npy(self.rfile))
            except BadValues as e:
                status, body = 422, {"error": str(e)}
            b = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(b)))
            self.end_headers()
            self.wfile.write(b)

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}/", flush=True)
    server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description="Run the suffix of a model for encompute creator serve.")
    parser.add_argument("model", help="ONNX file, the one that was published")
    parser.add_argument("--http", type=int, metavar="PORT", help="serve HTTP on this machine (0: any free port) instead of standard input")
    args = parser.parse_args()
    loaded = {}

    def suffixes(cut):
        if cut not in loaded:
            loaded[cut] = Suffix(args.model, cut)
        return loaded[cut]

    if args.http is None:
        serve_pipe(suffixes)
    else:
        serve_http(suffixes, args.http)


if __name__ == "__main__":
    main()
