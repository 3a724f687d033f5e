#!/usr/bin/env python3
"""Trains the network of this folder on MNIST, and exports it with its card's figures.

    python3 train.py --data FOLDER --out model.onnx

FOLDER holds MNIST's four files as they are published, train-images-idx3-ubyte.gz and so on. The network
is that of Brutzkus, Elisha and Gilad-Bachrach, Low Latency Privacy Preserving Inference (2019): a
convolution, a square, a matrix, a square, a matrix. Three levels run encrypted (cut: fc1). Needs torch,
numpy and Pillow; takes some minutes. Prints accuracy and the card's sample.
"""
import argparse
import gzip
import json
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image


class Square(nn.Module):
    def forward(self, x):
        return x * x


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.sq1, self.flat = nn.Conv2d(1, 5, 5, 2, 1), Square(), nn.Flatten()
        self.fc1, self.sq2, self.fc2 = nn.Linear(845, 100), Square(), nn.Linear(100, 10)

    def forward(self, x):
        return self.fc2(self.sq2(self.fc1(self.flat(self.sq1(self.conv1(x))))))


def read(folder, name):
    """Reads a file in MNIST's idx format."""
    with gzip.open(os.path.join(folder, name + "-ubyte.gz")) as f:
        b = f.read()
    shape = [int.from_bytes(b[4 + 4 * i:8 + 4 * i], "big") for i in range(b[3])]
    return torch.from_numpy(np.frombuffer(b, np.uint8, offset=4 + 4 * len(shape)).reshape(shape).copy())


def shifted(x):
    """Shifts images by up to a pixel."""
    dy, dx = np.random.randint(0, 3, 2)
    return F.pad(x, (1, 1, 1, 1))[:, :, dy:dy + 28, dx:dx + 28]


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    p = argparse.ArgumentParser(description="Train on MNIST.")
    p.add_argument("--data", required=True)
    p.add_argument("--epochs", type=int, default=16)
    p.add_argument("--out", default="model.onnx")
    args = p.parse_args()
    torch.manual_seed(0)
    np.random.seed(0)
    x, y = read(args.data, "train-images-idx3").float()[:, None] / 255, read(args.data, "train-labels-idx1").long()
    xt, yt = read(args.data, "t10k-images-idx3").float()[:, None] / 255, read(args.data, "t10k-labels-idx1").long()

    net = Network()
    optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=args.epochs * (len(x) // 128 + 1) + 1, pct_start=0.15)
    for _ in range(args.epochs):
        for batch in torch.randperm(len(x)).split(128):
            loss = F.cross_entropy(net(shifted(x[batch])), y[batch])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    net.eval()
    torch.onnx.export(net, x[:1], args.out, opset_version=13, input_names=["input"], output_names=["output"],
                      dynamic_axes={"input": {0: "N"}, "output": {0: "N"}})
    name = "samples/digit-7.png"
    picture = torch.from_numpy(np.array(Image.open(os.path.join(here, name)))).float()[None, None] / 255
    with torch.no_grad():
        accuracy = torch.cat([net(part).argmax(1) for part in xt.split(500)]).eq(yt).float().mean().item()
        sample = net(picture)[0].tolist()
    print(json.dumps({"accuracy": round(accuracy, 4), "sample": {"input": name, "output": sample}}, indent=1))


if __name__ == "__main__":
    main()
