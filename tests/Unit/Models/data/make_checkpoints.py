"""Writes checkpoints with the published names, types and shapes of MONet and GENESIS-V2.

/usr/bin/python3 tests/Unit/Models/data/make_checkpoints.py (needs PyTorch; the files are committed)

Every element of the k-th tensor of a model, from 0, is k / 64, stored once: the tensors have strides of 0, so that the files stay small. Sizes are the ClevrTex benchmark's, but for MONet's attention network with 16 channels in place of 64: our reader refuses
files that promise much more than they weigh.
"""
import collections
import pathlib

import torch

folder = pathlib.Path(__file__).parent


def filled(shapes, types=None):
    state = collections.OrderedDict()
    for k, (name, shape) in enumerate(shapes.items()):
        value = torch.tensor(k / 64, dtype=(types or {}).get(name, torch.float32))
        state[name] = value.expand(shape)
    return state


def layer(shapes, name, *shape, bias=None):
    shapes[f"{name}.weight"] = shape
    shapes[f"{name}.bias"] = (shape[0] if bias is None else bias,)


# MONet
shapes = collections.OrderedDict()
for name, width in (("pres_temperature", 1), ("pres_prior_p", 1), ("where_prior_loc", 4), ("where_prior_scale", 4),
                    ("what_prior_loc", 16), ("what_prior_scale", 16), ("depth_prior_loc", 1), ("depth_prior_scale", 1)):
    shapes[f"_z_{name}"] = (1, width)
for i, (outputs, inputs) in zip((0, 2, 4, 6), ((32, 4), (32, 32), (64, 32), (64, 64))):
    layer(shapes, f"enc.{i}", outputs, inputs, 3, 3)
layer(shapes, "enc.9", 256, 4096)
layer(shapes, "enc.11", 32, 256)
for i, inputs in zip((0, 2, 4, 6), (18, 32, 32, 32)):
    layer(shapes, f"dec.{i}", 32, inputs, 3, 3)
layer(shapes, "dec.8", 4, 32, 1, 1)
down = ((16, 4), (32, 16), (64, 32), (128, 64), (128, 128), (128, 128))
up = ((128, 256), (128, 256), (64, 256), (32, 128), (16, 64), (16, 32))
for part, sizes in (("downblocks", down), ("upblocks", up)):
    for i, (outputs, inputs) in enumerate(sizes):
        shapes[f"att.{part}.{i}.conv.weight"] = (outputs, inputs, 3, 3)
        layer(shapes, f"att.{part}.{i}.norm", outputs)
layer(shapes, "att.mlp.1", 128, 2048)
layer(shapes, "att.mlp.3", 128, 128)
layer(shapes, "att.mlp.5", 2048, 128)
layer(shapes, "att.output", 1, 16, 1, 1)
whole = {f"_z_{name}": torch.int64 for name in ("pres_prior_p", "where_prior_loc", "where_prior_scale")}
monet = filled(shapes, whole)
torch.save({"epoch": 1, "state_dict": {f"model.{name}": value for name, value in monet.items()}}, folder / "monet.ckpt")

# GENESIS-V2
shapes = collections.OrderedDict()
down = ((64, 3), (64, 64), (64, 64), (128, 64), (128, 128), (128, 128))
up = ((128, 256), (128, 256), (64, 256), (64, 128), (64, 128), (64, 128))
for part, sizes in (("down", down), ("up", up)):
    for i, (outputs, inputs) in enumerate(sizes):
        shapes[f"encoder.{part}.{i}.0.weight"] = (outputs, inputs, 3, 3)
        layer(shapes, f"encoder.{part}.{i}.1", outputs)
layer(shapes, "encoder.mlp.1", 128, 2048)
layer(shapes, "encoder.mlp.3", 128, 128)
layer(shapes, "encoder.mlp.5", 2048, 128)
shapes["att_process.log_sigma"] = ()
layer(shapes, "att_process.colour_head", 8, 64, 1, 1)
shapes["att_process.colour_head.gate"] = (1,)
shapes["seg_head.0.weight"] = (64, 64, 3, 3)
layer(shapes, "seg_head.1", 64)
shapes["feat_head.0.0.weight"] = (64, 64, 3, 3)
layer(shapes, "feat_head.0.1", 64)
layer(shapes, "feat_head.1", 128, 64, 1, 1)
layer(shapes, "z_head.0", 128)
layer(shapes, "z_head.1", 128, 128)
layer(shapes, "z_head.3", 128, 128)
shapes["decoder_module.0.coords"] = (1, 2, 8, 8)
for i, inputs in zip((1, 4, 7, 10), (66, 64, 64, 64)):
    layer(shapes, f"decoder_module.{i}", inputs, 64, 5, 5, bias=64)
    layer(shapes, f"decoder_module.{i + 1}", 64)
layer(shapes, "decoder_module.13", 4, 64, 1, 1)
shapes["prior_lstm.weight_ih_l0"] = (1024, 64)
shapes["prior_lstm.weight_hh_l0"] = (1024, 256)
shapes["prior_lstm.bias_ih_l0"] = shapes["prior_lstm.bias_hh_l0"] = (1024,)
layer(shapes, "prior_linear", 128, 256)
for name in ("goal", "step_size", "alpha", "beta", "beta_min", "beta_max", "speedup"):
    shapes[f"geco.{name}"] = ()
assert len(shapes) == 92
benchmark = filled(shapes, {"att_process.log_sigma": torch.float64})
torch.save({f"model.{name}": value for name, value in benchmark.items()}, folder / "genesis_v2.pth")

# The authors' own repository: other names in the colour head, a gate of no dimensions, no GECO and no grid among the weights.
own = collections.OrderedDict()
for name, value in benchmark.items():
    if name.startswith("geco.") or name == "decoder_module.0.coords":
        continue
    head = "att_process.colour_head."
    if name in (head + "weight", head + "bias"):
        name = head + "conv." + name[len(head):]
    elif name == head + "gate":
        name, value = head + "gate.gate", value.reshape(())
    own[name] = value
torch.save(own, folder / "genesis_v2_authors.pth")
