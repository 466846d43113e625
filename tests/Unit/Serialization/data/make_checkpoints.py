"""Writes the checkpoints of this folder with the PyTorch that is installed (made with Debian's python3-torch 1.13):

    /usr/bin/python3 make_checkpoints.py

The tests know the values: 'steps' is arange(12) as [3, 4], and so on, see weights().
"""
import argparse
import collections
import io
import os
import pickle
import subprocess

import numpy
import torch


def weights():
    steps = torch.arange(12.0).reshape(3, 4)
    shared = torch.arange(6, dtype=torch.float64)
    return collections.OrderedDict(
        steps=steps,
        transposed=steps.t(),                                    # same storage, other strides
        piece=steps[1:, ::2],                                    # offset and strides
        channels_last=torch.arange(24, dtype=torch.int32).reshape(1, 2, 3, 4).contiguous(memory_format=torch.channels_last),
        repeated=torch.tensor([7], dtype=torch.int16).expand(2, 3),  # stride 0
        first=shared[:3],
        second=shared[3:],
        half=torch.tensor([0.5, -2.0], dtype=torch.float16),
        brain=torch.tensor([1.0, -3.0], dtype=torch.bfloat16),
        long=torch.tensor([-(2**40), 5]),
        flag=torch.tensor([True, False, True]),
        byte=torch.tensor([0, 200], dtype=torch.uint8),
        signed=torch.tensor([-1, 1], dtype=torch.int8),
        complex=torch.tensor([1 + 2j], dtype=torch.complex64),
        scalar=torch.tensor(2.5),
        empty=torch.zeros(0, 3),
        parameter=torch.nn.Parameter(torch.tensor([4.0, 5.0])),
    )


class Callback:
    """A class that the reader does not know."""

    def __init__(self):
        self.best = 0.25


def lightning():
    model = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2))
    with torch.no_grad():
        for index, parameter in enumerate(model.parameters()):
            parameter.copy_(torch.arange(parameter.numel()).reshape(parameter.shape) + 10 * index)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    model(torch.ones(1, 1, 4, 4)).sum().backward()
    optimizer.step()
    return {
        "epoch": 3,
        "global_step": 1200,
        "pytorch-lightning_version": "1.4.0",
        "state_dict": collections.OrderedDict((f"model.{name}", value) for name, value in model.state_dict().items()),
        "callbacks": {Callback: {"best_model_score": torch.tensor(0.5), "object": Callback()}},
        "optimizer_states": [optimizer.state_dict()],
        "hyper_parameters": argparse.Namespace(lr=0.001, name="slots", sizes=[1, 2]),
        "score": numpy.float64(0.75),
        "count": numpy.int64(42),
        "array": numpy.arange(3.0),
        "size": torch.Size([3, 4]),
        "device": torch.device("cpu"),
        "dtype": torch.float32,
        "big": 2**80,
        "bytes": b"\x00\xff",
        "set": {1, 2},
        "none": None,
        "generator": torch.get_rng_state()[:8],
    }


class Malicious:
    """On loading, Python would call os.system."""

    def __reduce__(self):
        return os.system, ("touch scenograph-was-attacked",)


class MaliciousEval:
    def __reduce__(self):
        return eval, ("__import__('os').system('touch scenograph-was-attacked')",)


class MaliciousProcess:
    def __reduce__(self):
        return subprocess.Popen, (["touch", "scenograph-was-attacked"],)


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.save(weights(), "weights.pt")
    torch.save(weights(), "weights-legacy.pt", _use_new_zipfile_serialization=False)
    torch.save({"model": weights(), "epoch": 1}, "weights-protocol4.pt", pickle_protocol=4)
    Callback.__module__ = "pytorch_lightning.callbacks.model_checkpoint"
    import sys, types
    module = types.ModuleType(Callback.__module__)
    module.Callback = Callback
    for part in ("pytorch_lightning", "pytorch_lightning.callbacks"):
        sys.modules[part] = types.ModuleType(part)
    sys.modules[Callback.__module__] = module
    torch.save(lightning(), "lightning.ckpt")
    torch.save(lightning(), "lightning-legacy.ckpt", _use_new_zipfile_serialization=False)
    torch.save(torch.nn.Linear(2, 2), "whole-model.pt")
    torch.save({"state_dict": {"w": torch.ones(2)}, "extra": Malicious()}, "malicious.pt")
    torch.save({"w": torch.ones(2), "extra": MaliciousEval()}, "malicious-legacy.pt", _use_new_zipfile_serialization=False)
    with open("malicious-plain.pt", "wb") as file:
        pickle.dump(MaliciousProcess(), file, protocol=4)
    torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), "torchscript.pt")
    for protocol in range(6):
        value = {"a": [1, -2, 3.5, 2**70, True, None], "b": (1, (2,), ()), "t": "h\u00e4\n", "s": {1}, "y": b"\x01\xfe", "n": -(2**31) - 5}
        value["self"] = value
        with open(f"plain-{protocol}.pkl", "wb") as file:
            pickle.dump(value, file, protocol=protocol)
