#!/usr/bin/env python3
"""Writes optimizers.json: parameters after 1, 10 and 100 steps of PyTorch's optimisers on a small fixed problem.

Run with a Python that has torch (Debian's python3-torch 1.13.1 made the committed file):

    /usr/bin/python3 make_optimizers.py

Parameters a [3], b [2, 2] form one group; c [] forms another with half the learning rate. Every third step leaves c without a
gradient. The learning rate falls: rate (1 - step / 200), step from 0.
"""

import json
import os

import torch

OPTIMIZERS = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "adamax": torch.optim.Adamax,
    "rmsprop": torch.optim.RMSprop,
    "sgd": torch.optim.SGD,
}

CASES = [
    ("adam", 0.01, {}),
    ("adam", 0.01, {"weight_decay": 0.1}),
    ("adam", 0.02, {"betas": [0.5, 0.9], "eps": 1e-4}),
    ("adam", 0.01, {"amsgrad": True}),
    ("adam", 0.01, {"amsgrad": True, "weight_decay": 0.05}),
    ("adamw", 0.01, {}),
    ("adamw", 0.01, {"weight_decay": 0.3}),
    ("adamw", 0.02, {"betas": [0.8, 0.99], "amsgrad": True}),
    ("adamax", 0.02, {}),
    ("adamax", 0.01, {"betas": [0.7, 0.9], "eps": 1e-3, "weight_decay": 0.1}),
    ("rmsprop", 0.01, {}),
    ("rmsprop", 0.01, {"momentum": 0.9}),
    ("rmsprop", 0.01, {"centered": True}),
    ("rmsprop", 0.005, {"centered": True, "momentum": 0.5, "weight_decay": 0.1}),
    ("rmsprop", 0.01, {"alpha": 0.9, "eps": 1e-3}),
    ("sgd", 0.02, {}),
    ("sgd", 0.02, {"weight_decay": 0.1}),
    ("sgd", 0.01, {"momentum": 0.9}),
    ("sgd", 0.01, {"momentum": 0.9, "dampening": 0.3}),
    ("sgd", 0.01, {"momentum": 0.8, "nesterov": True, "weight_decay": 0.05}),
]


def loss_of(a, b, c, step):
    value = ((a * a - 1) ** 2).sum() + (b.sin() * a[0]).sum() + 0.1 * ((b @ b) ** 2).sum()
    return value if step % 3 == 2 else value + (c - a[1]) ** 2


def trajectory(name, rate, options, dtype):
    a = torch.tensor([0.3, -0.7, 1.6], dtype=dtype, requires_grad=True)
    b = torch.tensor([[0.2, -0.4], [0.9, 0.5]], dtype=dtype, requires_grad=True)
    c = torch.tensor(0.8, dtype=dtype, requires_grad=True)
    groups = [{"params": [a, b]}, {"params": [c]}]
    optimizer = OPTIMIZERS[name](groups, lr=rate, foreach=True, **options)
    found = {}
    for step in range(100):
        now = rate * (1 - step / 200)
        optimizer.param_groups[0]["lr"] = now
        optimizer.param_groups[1]["lr"] = now * 0.5
        optimizer.zero_grad(set_to_none=True)
        loss_of(a, b, c, step).backward()
        optimizer.step()
        if step + 1 in (1, 10, 100):
            found[step + 1] = [float(f"{x:.12g}") for p in (a, b, c) for x in p.detach().double().reshape(-1).tolist()]
    return found


def clipped(limit):
    values = [torch.tensor([3.0, -4.0]), torch.tensor([[1.0, 2.0], [-2.0, 0.5]])]
    parameters = [torch.zeros_like(v).requires_grad_(True) for v in values]
    for parameter, value in zip(parameters, values):
        parameter.grad = value.clone()
    norm = torch.nn.utils.clip_grad_norm_(parameters, limit)
    return {"limit": limit, "norm": norm.item(), "gradients": [x for p in parameters for x in p.grad.reshape(-1).tolist()]}


cases = []
for name, rate, options in CASES:
    cases.append({
        "optimizer": name, "rate": rate, "options": options,
        "float64": trajectory(name, rate, options, torch.float64),
        "float32": trajectory(name, rate, options, torch.float32),
    })
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "optimizers.json")
with open(path, "w", encoding="utf-8") as file:
    rows = ",\n".join("  " + json.dumps(c, separators=(",", ":")) for c in cases)
    file.write(f'{{\n"torch": {json.dumps(torch.__version__)},\n"clip": {json.dumps([clipped(2.0), clipped(100.0)])},\n"cases": [\n{rows}\n]\n}}\n')
