"""Writes the two checkpoints that ImportTests reads, with the names of the original program's state-dict at tiny sizes.

python3 tests/EndToEnd/data/make_checkpoints.py (needs PyTorch; the files are committed)
"""
import collections
import pathlib

import torch

FILTERS, SIZE, HIDDEN, SIDE, START = 4, 4, 8, 8, 4

shapes = collections.OrderedDict()


def layer(name, *shape, bias=None):
    shapes[f"{name}.weight"] = shape
    shapes[f"{name}.bias"] = (shape[0] if bias is None else bias,)


layer("encoder_cnn.0", SIZE, 3, 5, 5)
layer("decoder_cnn.0", SIZE, FILTERS, 5, 5, bias=FILTERS)
layer("decoder_cnn.2", FILTERS, 4, 3, 3, bias=4)
for name, side in (("encoder_pos", SIDE), ("decoder_pos", START)):
    shapes[f"{name}.grid"] = (1, 4, side, side)
    layer(f"{name}.aff", SIZE, 4, 1, 1)
layer("layer_norm", SIZE, SIDE, SIDE)
shapes["layer_norm.bias"] = (SIZE, SIDE, SIDE)
layer("mlp.0", SIZE, SIZE, 1, 1)
layer("mlp.2", SIZE, SIZE, 1, 1)
shapes["slot_attention.slots_mu"] = shapes["slot_attention.slots_logsigma"] = (1, 1, SIZE)
for name in ("to_q", "to_k", "to_v"):
    layer(f"slot_attention.{name}", SIZE, SIZE)
for name in ("weight_ih", "weight_hh"):
    shapes[f"slot_attention.gru.{name}"] = (3 * SIZE, SIZE)
for name in ("bias_ih", "bias_hh"):
    shapes[f"slot_attention.gru.{name}"] = (3 * SIZE,)
layer("slot_attention.mlp.0", HIDDEN, SIZE)
layer("slot_attention.mlp.2", SIZE, HIDDEN)
for name in ("norm_input", "norm_slots", "norm_pre_ff"):
    layer(f"slot_attention.{name}", SIZE)

# Element i of tensor k in this order is ((37 i + 11 k) mod 101 - 50) / 64, which float32 holds exactly.
state = collections.OrderedDict()
for k, (name, shape) in enumerate(shapes.items()):
    index = torch.arange(torch.Size(shape).numel())
    state[name] = (((37 * index + 11 * k) % 101 - 50) / 64).float().reshape(shape)

folder = pathlib.Path(__file__).parent
torch.save(state, folder / "slot_attention.pth")
lightning = {"epoch": 3, "global_step": 1000, "state_dict": {f"model.{name}": value for name, value in state.items()}, "hyper_parameters": {"lr": 4e-4}}
torch.save(lightning, folder / "slot_attention_lightning.ckpt", _use_new_zipfile_serialization=False)
