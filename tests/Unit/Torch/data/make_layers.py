#!/usr/bin/env python3
"""Writes layers.json: what PyTorch's layers give for inputs and weights set by a formula.

Run with a Python that has torch (Debian's python3-torch 1.13.1 made the committed file):

    /usr/bin/python3 make_layers.py

Every case: input i is sin(0.37 i + 0.1), weight i of the k-th parameter is 0.6 sin(0.71 i + k) + 0.1, all in float64; the loss is
sum of output j times cos(0.23 j). Stored are the output, the gradients of input and parameters, and the buffers afterwards.
"""

import json
import math
import os

import torch
from torch import nn

torch.set_default_dtype(torch.float64)


def wave(shape, amplitude, frequency, phase, offset=0.0):
    count = math.prod(shape)
    return torch.tensor([amplitude * math.sin(frequency * i + phase) + offset for i in range(count)]).reshape(shape)


def numbers(tensor):
    return [float(f"{x:.10g}") for x in tensor.detach().double().reshape(-1).tolist()]


def loss_of(output):
    weights = torch.tensor([math.cos(0.23 * i) for i in range(output.numel())]).reshape(output.shape)
    return (output * weights).sum()


def set_weights(module):
    with torch.no_grad():
        for k, parameter in enumerate(module.parameters()):
            parameter.copy_(wave(parameter.shape, 0.6, 0.71, k, 0.1))


def case(module, shape, run=None, passes=1):
    set_weights(module)
    x = wave(shape, 1.0, 0.37, 0.1).requires_grad_(True)
    run = run or (lambda m, value: m(value))
    for _ in range(passes):
        output = run(module, x)
    loss_of(output).backward()
    found = {"shape": list(shape), "output_shape": list(output.shape), "output": numbers(output), "input_gradient": numbers(x.grad)}
    found["gradients"] = {name: numbers(p.grad) for name, p in module.named_parameters()}
    found["buffers"] = {name: numbers(b) for name, b in module.named_buffers()}
    found["names"] = list(module.state_dict())
    module.eval()
    found["evaluated"] = numbers(run(module, x))
    return found


def embed(module, x):
    indices = torch.tensor([[0, 1, 4], [4, 2, 1]])
    return module(indices) * x


def lstm(module, x):
    hidden, cell = wave((2, 4), 0.5, 0.9, 0.2), wave((2, 4), 0.5, 1.1, 0.7)
    return torch.cat(module(x, (hidden, cell)), 1)


def gru(module, x):
    return module(x, wave((2, 4), 0.5, 0.9, 0.2))


CASES = {
    "linear": lambda: case(nn.Linear(3, 4), (2, 3)),
    "conv2d": lambda: case(nn.Conv2d(4, 2, 3, stride=2, padding=1, groups=2), (1, 4, 4, 5)),
    "conv_transpose2d": lambda: case(nn.ConvTranspose2d(2, 3, 4, stride=2, padding=1), (1, 2, 3, 2)),
    "layer_norm": lambda: case(nn.LayerNorm([2, 3]), (3, 2, 3)),
    "group_norm": lambda: case(nn.GroupNorm(2, 4), (2, 4, 2, 3)),
    "batch_norm": lambda: case(nn.BatchNorm2d(3), (2, 3, 2, 2), passes=2),
    "batch_norm_cumulative": lambda: case(nn.BatchNorm2d(3, momentum=None), (2, 3, 2, 2), passes=3),
    "batch_norm_bare": lambda: case(nn.BatchNorm2d(3, affine=False, track_running_stats=False), (2, 3, 2, 2)),
    "instance_norm": lambda: case(nn.InstanceNorm2d(3), (2, 3, 2, 2)),
    "instance_norm_tracked": lambda: case(nn.InstanceNorm2d(3, affine=True, track_running_stats=True), (2, 3, 2, 2), passes=2),
    "embedding": lambda: case(nn.Embedding(5, 3, padding_idx=1), (2, 3, 3), run=embed),
    "lstm_cell": lambda: case(nn.LSTMCell(3, 4), (2, 3), run=lstm),
    "gru_cell": lambda: case(nn.GRUCell(3, 4), (2, 3), run=gru),
    "upsample_nearest": lambda: case(nn.Upsample(scale_factor=1.5), (1, 2, 2, 3)),
    "upsample_bilinear": lambda: case(nn.Upsample(scale_factor=1.5, mode="bilinear"), (1, 1, 3, 3)),
    "upsample_aligned": lambda: case(nn.Upsample(size=(4, 5), mode="bilinear", align_corners=True), (1, 1, 3, 3)),
    "upsample_bicubic": lambda: case(nn.Upsample(scale_factor=2, mode="bicubic"), (1, 1, 3, 3)),
    "avg_pool": lambda: case(nn.AvgPool2d(3, 2, 1), (1, 2, 5, 4)),
    "max_pool": lambda: case(nn.MaxPool2d(3, 2, 1), (1, 2, 5, 4)),
    "adaptive_avg_pool": lambda: case(nn.AdaptiveAvgPool2d((2, 3)), (1, 2, 5, 4)),
    "pixel_shuffle": lambda: case(nn.PixelShuffle(2), (1, 4, 2, 3)),
}

INITIAL = {
    "linear": lambda: nn.Linear(3, 2),
    "conv2d": lambda: nn.Conv2d(1, 2, 2),
    "conv_transpose2d": lambda: nn.ConvTranspose2d(1, 2, 2),
    "layer_norm": lambda: nn.LayerNorm(2),
    "group_norm": lambda: nn.GroupNorm(1, 2),
    "batch_norm": lambda: nn.BatchNorm2d(2),
    "instance_norm_tracked": lambda: nn.InstanceNorm2d(2, affine=True, track_running_stats=True),
    "embedding": lambda: nn.Embedding(3, 2, padding_idx=1),
    "lstm_cell": lambda: nn.LSTMCell(1, 2),
    "gru_cell": lambda: nn.GRUCell(1, 2),
}


def initial(make):
    torch.set_default_dtype(torch.float32)
    torch.manual_seed(7)
    return {name: numbers(value) for name, value in make().state_dict().items()}


def generator():
    torch.set_default_dtype(torch.float32)
    source = torch.Generator().manual_seed(42)
    return {"uniform": numbers(torch.rand(4, generator=source)), "normal": numbers(torch.randn(4, generator=source))}


document = {
    "torch": torch.__version__,
    "cases": {name: make() for name, make in CASES.items()},
    "initial": {name: initial(make) for name, make in INITIAL.items()},
    "generator": generator(),
}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "layers.json")
with open(path, "w", encoding="utf-8") as file:
    file.write("{\n")
    entries = []
    for key, value in document.items():
        if isinstance(value, dict):
            rows = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in value.items())
            entries.append(f"{json.dumps(key)}: {{\n{rows}\n}}")
        else:
            entries.append(f"{json.dumps(key)}: {json.dumps(value)}")
    file.write(",\n".join(entries) + "\n}\n")
