"""Parts that several of the networks in this folder have."""

import torch
from torch import nn
from torch.nn import functional


def grid(height, width):
    """Rows and columns, -1 to 1, as (1, 2, height, width)."""
    rows, columns = torch.linspace(-1, 1, height), torch.linspace(-1, 1, width)
    return torch.stack(torch.meshgrid(rows, columns, indexing="ij")).unsqueeze(0)


def perceptron(*sizes, flatten=False):
    """Linear layers with ReLU between them."""
    layers = [nn.Flatten()] if flatten else []
    for inputs, outputs in zip(sizes[:-2], sizes[1:-1]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))


class UNet(nn.Module):
    """U-Net with a perceptron at its bottom: (B, inputs, size, size) -> (B, up[-1], size, size).

    `down` and `up` are the outputs of the blocks on either way, as many; `block(inputs,
    outputs)` makes one. Between blocks maps are halved or doubled by the nearest pixel.
    """

    def __init__(self, block, inputs, size, down, up):
        super().__init__()
        self.down = nn.ModuleList([block(i, o) for i, o in zip([inputs] + down[:-1], down)])
        self.up = nn.ModuleList(
            [block(i + s, o) for i, s, o in zip([down[-1]] + up[:-1], reversed(down), up)]
        )
        bottom = size >> (len(down) - 1)
        self.shape = (down[-1], bottom, bottom)
        flat = down[-1] * bottom * bottom
        self.mlp = nn.Sequential(
            nn.Linear(flat, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(),
            nn.Linear(128, flat), nn.ReLU(),
        )

    def forward(self, x):
        skips = []
        for i, block in enumerate(self.down):
            x = block(x)
            skips.append(x)
            if i < len(self.down) - 1:
                x = functional.interpolate(x, scale_factor=0.5, mode="nearest")
        x = self.mlp(x.flatten(1)).view(-1, *self.shape)
        for i, block in enumerate(self.up):
            x = block(torch.cat([x, skips[-1 - i]], dim=1))
            if i < len(self.up) - 1:
                x = functional.interpolate(x, scale_factor=2, mode="nearest")
        return x
