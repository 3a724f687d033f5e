#!/usr/bin/env python3
"""Trains the network of this folder on wdbc.csv, and exports it with its card's figures.

    python3 train.py --out model.onnx

One layer and a polynomial run encrypted (cut: poly1), the rest on the creator's machine. Needs torch and
numpy; takes a few seconds. Prints the mean and deviation of each column, which belong into the card's
input, accuracy on a fifth of the rows that it was not trained on, and the card's sample.
"""
import argparse
import json
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

CLIP = 4  # of the standardised columns; the card says so, too


class Poly(nn.Module):
    """a*x^2 + b*x + c for each value: one multiplicative level under encryption."""

    def __init__(self, n):
        super().__init__()
        self.a, self.b, self.c = (nn.Parameter(torch.full((1, n), v)) for v in (0.1, 0.5, 0.0))

    def forward(self, x):
        return self.a * x * x + self.b * x + self.c


class Network(nn.Module):
    def __init__(self, columns):
        super().__init__()
        self.fc1, self.poly1 = nn.Linear(columns, 64), Poly(64)
        self.fc2, self.relu2, self.fc3 = nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 2)

    def forward(self, x):
        return self.fc3(self.relu2(self.fc2(self.poly1(self.fc1(x)))))


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    p = argparse.ArgumentParser(description="Train on the Wisconsin diagnostic breast cancer data.")
    p.add_argument("--data", default=os.path.join(here, "wdbc.csv"))
    p.add_argument("--epochs", type=int, default=25)
    p.add_argument("--out", default="model.onnx")
    args = p.parse_args()
    torch.manual_seed(0)
    rows = np.loadtxt(args.data, delimiter=",", skiprows=1)  # the last column is the diagnosis, 1 benign
    order = np.random.default_rng(0).permutation(len(rows))
    test, train = order[: len(rows) // 5], order[len(rows) // 5:]
    mean, std = rows[train, :-1].mean(0), rows[train, :-1].std(0)
    x = torch.tensor(np.clip((rows[:, :-1] - mean) / std, -CLIP, CLIP), dtype=torch.float32)
    y = torch.tensor(rows[:, -1]).long()

    net = Network(x.shape[1])
    optimizer = torch.optim.AdamW(net.parameters(), lr=5e-3, weight_decay=5e-2)
    for _ in range(args.epochs):
        for batch in torch.tensor(train)[torch.randperm(len(train))].split(32):
            loss = F.cross_entropy(net(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
    net.eval()
    torch.onnx.export(net, x[:1], args.out, opset_version=13, input_names=["input"], output_names=["output"],
                      dynamic_axes={"input": {0: "N"}, "output": {0: "N"}})
    with torch.no_grad():
        accuracy = (net(x[test]).argmax(1) == y[test]).float().mean().item()
        sample = net(x[19:20])[0].tolist()
    print(json.dumps({
        "accuracy": round(accuracy, 4), "mean": mean.tolist(), "std": std.tolist(),
        "sample": {"input": "wdbc.csv#19", "output": sample},
    }, indent=1))


if __name__ == "__main__":
    main()
