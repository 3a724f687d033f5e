#!/usr/bin/env python3
"""Makes a network ready to be cut: its trunk then runs on encrypted inputs, down to the global pooling.

Only linear layers and polynomials can be evaluated under encryption. This takes a network as a creator
has it, with ReLU and max pooling, and

  1. puts a polynomial a*x^2 + b*x + c, of coefficients for each channel, where an activation was in the
     trunk, and average pooling where max pooling was. The polynomials begin as the best fit to the
     activation on the values that occur there;
  2. fine-tunes it, so that it answers as the original one does, and penalizes values that grow large,
     which cost precision under encryption;
  3. exports it to ONNX, batch normalization folded into the convolutions, with a layer "gap" to cut after;
  4. reports what that cost in accuracy, with confidence intervals, to standard output and to REPORT.json.

What is behind the global pooling stays as it is: it is the suffix, and runs on the creator's machine.

    python3 finetune.py --data pneumoniamnist.npz --out pneumonia
    python3 finetune.py --data mine.npz --network mynet.py:build --weights mynet.pt --out mine

DATA holds the arrays {train,val,test}_{images,labels} as MedMNIST has them: uint8 images of shape
n,h,w or n,h,w,3. NETWORK is a Python file and a function in it that takes the number of channels and of
classes, and returns a torch.nn.Module that torch.fx can trace and that takes values from 0 to 1. Without
--network a small one is built, and without --weights it is trained first.

Needs torch (1.13 or newer) and numpy. Then publish it as the README beside this file says.
"""
import argparse
import copy
import importlib.util
import json
import math
import operator
import sys
import time

import numpy as np
import torch
import torch.fx
import torch.nn as nn
import torch.nn.functional as F

ACTIVATIONS = (nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.SiLU, nn.GELU, nn.Tanh, nn.Hardswish)
FUNCTIONS = {F.relu: nn.ReLU, torch.relu: nn.ReLU, F.silu: nn.SiLU, F.gelu: nn.GELU, torch.tanh: nn.Tanh, F.leaky_relu: nn.LeakyReLU}


class Poly(nn.Module):
    """a*x^2 + b*x + c for each channel: one multiplicative level under encryption."""

    def __init__(self, channels, a, b, c):
        super().__init__()
        shape = (1, channels, 1, 1)
        self.a = nn.Parameter(torch.full(shape, float(a)))
        self.b = nn.Parameter(torch.full(shape, float(b)))
        self.c = nn.Parameter(torch.full(shape, float(c)))

    def forward(self, x):
        return self.a * x * x + self.b * x + self.c


def default_network(channels, classes):
    """A plain network of the kind that creators have."""
    def block(i, o, pool):
        return [nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU()] + ([nn.MaxPool2d(2)] if pool else [])
    return nn.Sequential(
        *block(channels, 8, True), *block(8, 16, True), *block(16, 32, False), *block(32, 64, False),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, classes))


# --- conversion --------------------------------------------------------------------------------


def is_global_pool(node, modules):
    if node.op == "call_module":
        m = modules[node.target]
        return isinstance(m, nn.AdaptiveAvgPool2d) and m.output_size in (1, (1, 1))
    return node.op == "call_function" and node.target is F.adaptive_avg_pool2d and node.args[1] in (1, (1, 1))


def fit(activation, x):
    """Returns the polynomial of degree 2 that is closest to an activation on samples of its input."""
    x = x.flatten()[:: max(1, x.numel() // 50000)].double()
    c, b, a = np.polynomial.polynomial.polyfit(x.numpy(), activation(x).numpy(), 2)
    return a, b, c


def convert(network, images):
    """Returns a copy of the network with a trunk that can be encrypted, and notes on what was changed."""
    network = copy.deepcopy(network).eval()
    graph = torch.fx.symbolic_trace(network)
    modules = dict(graph.named_modules())
    nodes = list(graph.graph.nodes)
    ends = [i for i, n in enumerate(nodes) if is_global_pool(n, modules)]
    if not ends:
        raise SystemExit("the network has no global average pooling (AdaptiveAvgPool2d(1)): put one behind its convolutions, in place of what flattens them")
    values = observe(graph, images)
    notes, counts = [], {}

    def put(node, kind, module):
        new = replace(graph, node, name(kind), module)
        values[new.name] = values[node.name]

    def name(kind):
        counts[kind] = counts.get(kind, 0) + 1
        return kind if kind == "gap" else f"{kind}{counts[kind]}"

    for node in nodes[:ends[0] + 1]:
        m = modules.get(node.target) if node.op == "call_module" else None
        function = FUNCTIONS.get(node.target) if node.op == "call_function" else None
        if isinstance(m, ACTIVATIONS) or function:
            source = node.args[0]
            activation = copy.deepcopy(m) if m is not None else function()
            if hasattr(activation, "inplace"):
                activation.inplace = False
            a, b, c = fit(activation, values[source.name])
            new = Poly(values[source.name].shape[1], a, b, c)
            notes.append(f"{node.name}: {type(activation).__name__} -> {a:.3f} x^2 + {b:.3f} x + {c:.3f}")
            put(node, "poly", new)
        elif isinstance(m, nn.MaxPool2d):
            if m.dilation not in (1, (1, 1)) or m.ceil_mode:
                raise SystemExit(f"{node.name}: max pooling with dilation or ceil_mode is not taken over")
            new = nn.AvgPool2d(m.kernel_size, m.stride, m.padding)
            notes.append(f"{node.name}: MaxPool2d -> AvgPool2d")
            put(node, "pool", new)
        elif node is nodes[ends[0]]:
            put(node, "gap", nn.AdaptiveAvgPool2d(1))
        elif isinstance(m, (nn.Conv2d, nn.BatchNorm2d, nn.AvgPool2d)):
            kind = {nn.Conv2d: "conv", nn.BatchNorm2d: "bn", nn.AvgPool2d: "pool"}[type(m)]
            put(node, kind, m)
        elif isinstance(m, (nn.Dropout, nn.Dropout2d)):
            node.replace_all_uses_with(node.args[0])
            graph.graph.erase_node(node)
            notes.append(f"{node.name}: dropped")
        elif node.op != "placeholder" and node.target not in (operator.add, torch.add) and not isinstance(m, nn.Identity):
            raise SystemExit(f"{node.name}: the trunk cannot be encrypted with {node.target if m is None else type(m).__name__} in it")
    graph.graph.lint()
    graph.delete_all_unused_submodules()
    graph.recompile()
    return graph, notes


def replace(graph, node, name, module):
    """Puts a module of a name of its own, which becomes the layer's in the ONNX file, in the place of a node."""
    graph.add_module(name, module)
    with graph.graph.inserting_after(node):
        new = graph.graph.call_module(name, (node.args[0],))
    node.replace_all_uses_with(new)
    graph.graph.erase_node(node)
    return new


class Observer(torch.fx.Interpreter):
    def __init__(self, graph):
        super().__init__(graph)
        self.values = {}

    def run_node(self, n):
        y = super().run_node(n)
        if isinstance(y, torch.Tensor):
            self.values[n.name] = y
        return y


@torch.no_grad()
def observe(graph, images):
    """Returns the values of every node on some images."""
    o = Observer(graph)
    o.run(images)
    return o.values


# --- training ----------------------------------------------------------------------------------


def train(model, data, epochs, rate, teacher=None, penalty=0.0):
    """Trains, to answer as the labels say and as the teacher does."""
    x, y = data["train"]
    size = 64
    steps = epochs * math.ceil(len(x) / size)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps + 1, pct_start=0.15)
    polys = [m for m in model.modules() if isinstance(m, Poly)]
    large = []
    hooks = [m.register_forward_hook(lambda m, i, o: large.append(F.relu(o.abs() - 8).square().mean())) for m in polys]
    start = time.time()
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for at in torch.randperm(len(x)).split(size):
            large.clear()
            images = shifted(x[at])
            scores = model(images)
            loss = F.cross_entropy(scores, y[at])
            if teacher is not None:
                with torch.no_grad():
                    want = F.softmax(teacher(images) / 2, 1)
                loss = loss + 4 * F.kl_div(F.log_softmax(scores / 2, 1), want, reduction="batchmean")
            if penalty and large:
                loss = loss + penalty * sum(large)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item() * len(at)
        print(f"  epoch {epoch + 1} of {epochs}: loss {total / len(x):.4f}, validation accuracy {accuracy(model, data['val']):.4f}, {time.time() - start:.0f} s", file=sys.stderr)
    for h in hooks:
        h.remove()
    return model.eval()


def shifted(x):
    """Shifts images by up to two pixels."""
    dy, dx = np.random.randint(0, 5, 2)
    return F.pad(x, (2, 2, 2, 2))[:, :, dy:dy + x.shape[2], dx:dx + x.shape[3]]


@torch.no_grad()
def scores(model, x):
    model.eval()
    return torch.cat([model(part) for part in x.split(500)])


def accuracy(model, part):
    return (scores(model, part[0]).argmax(1) == part[1]).float().mean().item()


def figures(model, part):
    """Returns accuracy with its 95 % confidence interval (Wilson), and the area under the curve for two classes."""
    s, y = scores(model, part[0]), part[1]
    n, p, z = len(y), (s.argmax(1) == y).float().mean().item(), 1.96
    middle, half = (p + z * z / (2 * n)) / (1 + z * z / n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    f = {"accuracy": round(p, 4), "low": round(middle - half, 4), "high": round(middle + half, 4), "images": n}
    if s.shape[1] == 2:
        margin = s[:, 1] - s[:, 0]
        ill, well = margin[y == 1], margin[y == 0]
        f["auc"] = round((ill[:, None] > well[None, :]).float().mean().item() + (ill[:, None] == well[None, :]).float().mean().item() / 2, 4)
    return f


def load(path):
    arrays = np.load(path)
    data = {}
    for part in ("train", "val", "test"):
        x = torch.from_numpy(arrays[part + "_images"]).float() / 255
        x = x[:, None] if x.dim() == 3 else x.permute(0, 3, 1, 2)
        data[part] = x.contiguous(), torch.from_numpy(arrays[part + "_labels"].reshape(-1).astype(np.int64))
    return data


def build(spec, channels, classes):
    if not spec:
        return default_network(channels, classes)
    path, function = spec.rsplit(":", 1)
    s = importlib.util.spec_from_file_location("network", path)
    module = importlib.util.module_from_spec(s)
    s.loader.exec_module(module)
    return getattr(module, function)(channels, classes)


def main():
    p = argparse.ArgumentParser(description="Put polynomials and average pooling into a network's trunk, fine-tune it, export it.")
    p.add_argument("--data", required=True, metavar="FILE.npz")
    p.add_argument("--network", metavar="FILE.py:FUNCTION")
    p.add_argument("--weights", metavar="FILE.pt", help="state of the network; without it, it is trained first")
    p.add_argument("--epochs", type=int, default=20, help="of fine-tuning, and of training if there are no weights")
    p.add_argument("--rate", type=float, default=2e-3)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--out", required=True, metavar="NAME", help="NAME.onnx, NAME.pt, NAME.report.json")
    args = p.parse_args()
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    data = load(args.data)
    channels, classes = data["train"][0].shape[1], int(data["train"][1].max()) + 1
    original = build(args.network, channels, classes)
    if args.weights:
        original.load_state_dict(torch.load(args.weights, map_location="cpu"))
    else:
        print("training the network as it is", file=sys.stderr)
        train(original, data, args.epochs, args.rate)
    original.eval()
    before = figures(original, data["test"])

    changed, notes = convert(original, data["train"][0][:256])
    untuned = figures(changed, data["test"])
    print("fine-tuning it with polynomials", file=sys.stderr)
    train(changed, data, args.epochs, args.rate, original, penalty=0.05)
    after = figures(changed, data["test"])

    example = data["test"][0][:1]
    torch.onnx.export(changed, example, args.out + ".onnx", opset_version=13, input_names=["input"], output_names=["output"],
                      dynamic_axes={"input": {0: "N"}, "output": {0: "N"}})
    torch.save(changed.state_dict(), args.out + ".pt")
    largest = {n: round(v.abs().max().item(), 2) for n, v in observe(changed, data["test"][0][:500]).items() if n.startswith("poly") or n == "gap"}
    report = {
        "original": before, "convertedOnly": untuned, "fineTuned": after, "cost": round(before["accuracy"] - after["accuracy"], 4),
        "epochs": args.epochs, "changes": notes, "largestValues": largest, "cut": "gap",
    }
    with open(args.out + ".report.json", "w") as f:
        json.dump(report, f, indent=1)
    for name, f in (("original", before), ("converted, not tuned", untuned), ("converted and tuned", after)):
        auc = f", AUC {f['auc']:.4f}" if "auc" in f else ""
        print(f"{name:22} accuracy {f['accuracy']:.4f} ({f['low']:.4f} to {f['high']:.4f}, n {f['images']}){auc}")
    print(f"cost in accuracy       {report['cost']:+.4f}")
    print(f"wrote {args.out}.onnx, to be cut after gap")


if __name__ == "__main__":
    main()
