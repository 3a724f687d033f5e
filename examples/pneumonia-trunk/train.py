#!/usr/bin/env python3
"""Trains the network of this folder on PneumoniaMNIST, and exports it with its card's figures.

    python3 train.py --data pneumoniamnist.npz --out model.onnx

Four convolutions, each with batch normalization and a polynomial, average pooling, and global average
pooling run encrypted (cut: gap, 64 values); a small ReLU network is the suffix. At export the
normalizations are folded into the convolutions and the first matrix. Needs torch, numpy and Pillow; takes
some minutes on two cores. Prints accuracy, AUC and the card's sample.

To start from a network that you have, with ReLU and max pooling, see ../finetune.
"""
import argparse
import json
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image

CHANNELS = [1, 8, 16, 32, 64]


class Poly(nn.Module):
    """a*x^2 + b*x + c for each channel: one multiplicative level under encryption."""

    def __init__(self, n):
        super().__init__()
        self.a, self.b, self.c = (nn.Parameter(torch.full((1, n, 1, 1), v)) for v in (0.1, 0.5, 0.0))

    def forward(self, x):
        return self.a * x * x + self.b * x + self.c


def network():
    layers = {}
    for i in range(1, 5):
        layers[f"conv{i}"] = nn.Conv2d(CHANNELS[i - 1], CHANNELS[i], 3, padding=1)
        layers[f"bn{i}"] = nn.BatchNorm2d(CHANNELS[i])
        layers[f"poly{i}"] = Poly(CHANNELS[i])
        if i <= 2:
            layers[f"pool{i}"] = nn.AvgPool2d(2)
    layers.update(gap=nn.AdaptiveAvgPool2d(1), flat=nn.Flatten(), bnz=nn.BatchNorm1d(64), fc1=nn.Linear(64, 64),
                  relu=nn.ReLU(), drop=nn.Dropout(0.2), fc2=nn.Linear(64, 2))
    return Named(layers)


class Named(nn.Module):
    """Layers in a row, whose names become those of the ONNX file."""

    def __init__(self, layers):
        super().__init__()
        self.names = list(layers)
        for name, layer in layers.items():
            setattr(self, name, layer)

    def forward(self, x):
        for name in self.names:
            x = getattr(self, name)(x)
        return x


@torch.no_grad()
def folded(net):
    """Returns the network without its normalizations."""
    layers = {n: getattr(net, n) for n in net.names if n != "drop"}
    for i in range(1, 5):
        conv, bn = layers[f"conv{i}"], layers.pop(f"bn{i}")
        scale = bn.weight / torch.sqrt(bn.running_var + bn.eps)
        conv.bias.copy_((conv.bias - bn.running_mean) * scale + bn.bias)
        conv.weight.mul_(scale.view(-1, 1, 1, 1))
    bn, fc = layers.pop("bnz"), layers["fc1"]
    scale = bn.weight / torch.sqrt(bn.running_var + bn.eps)
    fc.bias.add_(fc.weight @ (bn.bias - bn.running_mean * scale))
    fc.weight.mul_(scale)
    return Named(layers).eval()


def augmented(x):
    """Shifts images by up to two pixels, and changes their brightness a little."""
    dy, dx = np.random.randint(0, 5, 2)
    x = F.pad(x, (2, 2, 2, 2))[:, :, dy:dy + 28, dx:dx + 28]
    return (x * (1 + 0.1 * torch.randn(len(x), 1, 1, 1))).clamp(0, 1)


def auc(score, y):
    ill, well = score[y == 1], score[y == 0]
    return ((ill[:, None] > well[None]).float() + (ill[:, None] == well[None]).float() / 2).mean().item()


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    p = argparse.ArgumentParser(description="Train on PneumoniaMNIST.")
    p.add_argument("--data", required=True, metavar="FILE.npz")
    p.add_argument("--epochs", type=int, default=30)
    p.add_argument("--out", default="model.onnx")
    args = p.parse_args()
    torch.manual_seed(1)
    np.random.seed(1)
    arrays = np.load(args.data)
    data = {part: (torch.from_numpy(arrays[part + "_images"]).float()[:, None] / 255,
                   torch.from_numpy(arrays[part + "_labels"].reshape(-1)).long()) for part in ("train", "test")}

    net, (x, y) = network(), data["train"]
    optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=args.epochs * (len(x) // 64 + 1) + 1, pct_start=0.15)
    for _ in range(args.epochs):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(net(augmented(x[batch])), y[batch])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    net = folded(net.eval())
    torch.onnx.export(net, x[:1], args.out, opset_version=13, input_names=["input"], output_names=["output"],
                      dynamic_axes={"input": {0: "N"}, "output": {0: "N"}})
    name = "samples/synthetic-xray-pneumonia-1.png"
    picture = torch.from_numpy(np.array(Image.open(os.path.join(here, name)))).float()[None, None] / 255
    x, y = data["test"]
    with torch.no_grad():
        scores, sample = net(x), net(picture)[0].tolist()
    print(json.dumps({
        "accuracy": round((scores.argmax(1) == y).float().mean().item(), 4), "auc": round(auc(scores[:, 1] - scores[:, 0], y), 4),
        "sample": {"input": name, "output": sample},
    }, indent=1))


if __name__ == "__main__":
    main()
