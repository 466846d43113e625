#!/usr/bin/env python3
"""Training step of Slot Attention in PyTorch eager: what our engine is timed against.

The network is the Slot Attention auto-encoder (Locatello et al., 2020, arXiv 2006.15055)
in the form that the ClevrTex benchmark trains, written the way a user of PyTorch writes
it: `nn.Conv2d` and `nn.ConvTranspose2d`, NCHW, a module a layer, `torch.optim.Adam`.
It is deliberately not tuned; no layout, fusion or compilation trick is applied.

One step is: zero the gradients, forward, loss, backward, Adam. Images are uniform noise:
no operator's time depends on their values.

    slot_attention.py --size 128 --slots 11 --batch 2 --precision float32 --threads 2
    slot_attention.py --architecture demo --precision bf16

See stepping.py for the answers.
"""

import stepping
import torch
from torch import nn
from torch.nn import functional


def position_grid(height, width):
    """Grid (1, 4, height, width) of [row, column, 1 - row, 1 - column], each in 0..1."""
    rows = torch.linspace(0, 1, height).view(1, 1, height, 1).expand(1, 1, height, width)
    columns = torch.linspace(0, 1, width).view(1, 1, 1, width).expand(1, 1, height, width)
    return torch.cat([rows, columns, 1 - rows, 1 - columns], dim=1).contiguous()


class PositionEmbedding(nn.Module):
    """Adds a learned linear projection of the position grid to a map (B, C, H, W)."""

    def __init__(self, channels, height, width):
        super().__init__()
        self.register_buffer("grid", position_grid(height, width))
        self.aff = nn.Conv2d(4, channels, kernel_size=1)

    def forward(self, x):
        return x + self.aff(self.grid)


class LayerNorm(nn.LayerNorm):
    """Layer norm in float32: under autocast, 1.13's CPU kernel refuses mixed precision."""

    def forward(self, x):
        return super().forward(x.float())


class SlotAttention(nn.Module):
    """Iterative attention of K slots over N input vectors: (B, N, D) -> (B, K, D)."""

    def __init__(self, slots, width, iterations, hidden, spread=False):
        super().__init__()
        self.spread = spread
        self.slots, self.iterations, self.scale = slots, iterations, width**-0.5
        self.slots_mu = nn.Parameter(torch.randn(1, 1, width))
        self.slots_logsigma = nn.Parameter(torch.empty(1, 1, width))
        nn.init.xavier_uniform_(self.slots_logsigma)
        self.to_q = nn.Linear(width, width)
        self.to_k = nn.Linear(width, width)
        self.to_v = nn.Linear(width, width)
        self.gru = nn.GRUCell(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, width))
        self.norm_input = LayerNorm(width)
        self.norm_slots = LayerNorm(width)
        self.norm_pre_ff = LayerNorm(width)

    def forward(self, inputs):
        batch, _, width = inputs.shape
        inputs = self.norm_input(inputs)
        if self.spread:
            slots = self.farthest(inputs)
        else:
            noise = torch.randn(batch, self.slots, width, dtype=self.slots_mu.dtype)
            slots = self.slots_mu + self.slots_logsigma.exp() * noise
        keys, values = self.to_k(inputs), self.to_v(inputs)
        for _ in range(self.iterations):
            previous = slots
            queries = self.to_q(self.norm_slots(slots))
            dots = torch.einsum("bkd,bnd->bkn", queries, keys).float() * self.scale
            attention = dots.softmax(dim=1) + 1e-8  # the slots compete for each position
            attention = attention / attention.sum(dim=-1, keepdim=True)
            updates = torch.einsum("bkn,bnd->bkd", attention, values)
            # the recurrent cell knows no autocast either: float32 in, float32 out
            slots = self.gru(updates.float().reshape(-1, width), previous.reshape(-1, width))
            slots = slots.reshape(batch, self.slots, width)
            slots = slots + self.mlp(self.norm_pre_ff(slots))
        return slots


    def farthest(self, inputs):
        """K of the inputs (B, N, D), each far from those before it."""
        with torch.no_grad():
            distance = (inputs - inputs.mean(dim=1, keepdim=True)).square().sum(dim=2)
            nearest, following, chosen = torch.full_like(distance, torch.inf), distance.argmin(dim=1, keepdim=True), []
            for _ in range(self.slots):
                chosen.append(following)
                seed = inputs.gather(1, following.unsqueeze(2).expand(-1, -1, inputs.shape[2]))
                nearest = torch.minimum(nearest, (inputs - seed).square().sum(dim=2))
                following = nearest.argmax(dim=1, keepdim=True)
        return inputs.gather(1, torch.cat(chosen, dim=1).unsqueeze(2).expand(-1, -1, inputs.shape[2]))


class BenchmarkAutoEncoder(nn.Module):
    """The ClevrTex benchmark's network: full-resolution encoder, 8x8 to 128x128 decoder."""

    def __init__(self, size, slots, iterations, width):
        super().__init__()
        self.slots = slots
        encoder, channels = [], 3
        for _ in range(4):
            encoder += [nn.Conv2d(channels, width, kernel_size=5, padding=2), nn.ReLU()]
            channels = width
        self.encoder_cnn = nn.Sequential(*encoder)
        decoder = []
        for _ in range(4):
            decoder += [
                nn.ConvTranspose2d(width, width, 5, stride=2, padding=2, output_padding=1),
                nn.ReLU(),
            ]
        decoder += [nn.ConvTranspose2d(width, width, 5, stride=1, padding=2), nn.ReLU()]
        decoder += [nn.ConvTranspose2d(width, 4, 3, stride=1, padding=1)]
        self.decoder_cnn = nn.Sequential(*decoder)
        self.encoder_pos = PositionEmbedding(width, size, size)
        self.decoder_pos = PositionEmbedding(width, 8, 8)
        self.layer_norm = LayerNorm([width, size, size])
        self.mlp = nn.Sequential(nn.Conv2d(width, width, 1), nn.ReLU(), nn.Conv2d(width, width, 1))
        self.slot_attention = SlotAttention(slots, width, iterations, hidden=max(width, 128))

    def forward(self, image):
        """Image (B, 3, H, W) in 0..1 -> canvas (B, 3, H, W), masks (B, K, 1, H, W)."""
        batch, _, height, width = image.shape
        x = self.mlp(self.layer_norm(self.encoder_pos(self.encoder_cnn(image))))
        slots = self.slot_attention(x.permute(0, 2, 3, 1).flatten(1, 2))
        x = slots.reshape(batch * self.slots, -1, 1, 1).expand(-1, -1, 8, 8)
        x = self.decoder_cnn(self.decoder_pos(x))
        if (height, width) != tuple(x.shape[-2:]):
            # autocast leaves bfloat16 here, for which 1.13 has no bicubic kernel on CPUs
            x = functional.interpolate(
                x.float(), size=(height, width), mode="bicubic", align_corners=False
            )
        x = x.reshape(batch, self.slots, 4, height, width).float()
        masks = x[:, :, 3:].softmax(dim=1)
        return (masks * x[:, :, :3]).sum(dim=1), masks


class DemoAutoEncoder(nn.Module):
    """The network of recipes/slot-attention/demo.yaml: half-resolution features, a decoder of
    1x1 layers on a 16x16 map and one up-convolution. Its slots start at features of the image
    that lie far from each other; the same number of operations as ours."""

    def __init__(self, size, slots, iterations, width):
        super().__init__()
        self.slots, filters, painters = slots, width // 2, 96
        self.encoder_cnn = nn.Sequential(
            nn.Conv2d(3, filters, 5, stride=1, padding=2), nn.ReLU(),
            nn.Conv2d(filters, filters, 5, stride=2, padding=2), nn.ReLU(),
            nn.Conv2d(filters, width, 5, stride=1, padding=2), nn.ReLU(),
        )
        self.decoder_cnn = nn.Sequential(
            nn.ConvTranspose2d(width, painters, 1), nn.ReLU(),
            nn.ConvTranspose2d(painters, painters, 1), nn.ReLU(),
            nn.ConvTranspose2d(painters, painters, 1), nn.ReLU(),
            nn.ConvTranspose2d(painters, painters, 1), nn.ReLU(),
            nn.ConvTranspose2d(painters, 4, 5, stride=2, padding=2, output_padding=1),
        )
        self.encoder_pos = PositionEmbedding(width, size // 2, size // 2)
        self.decoder_pos = PositionEmbedding(width, 16, 16)
        self.layer_norm = LayerNorm(width)
        self.mlp = nn.Sequential(nn.Conv2d(width, width, 1), nn.ReLU(), nn.Conv2d(width, width, 1))
        self.slot_attention = SlotAttention(slots, width, iterations, hidden=128, spread=True)

    def forward(self, image):
        """Image (B, 3, H, W) in 0..1 -> canvas (B, 3, H, W), masks (B, K, 1, H, W)."""
        batch, _, height, width = image.shape
        x = self.encoder_pos(self.encoder_cnn(image))
        x = self.layer_norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        slots = self.slot_attention(self.mlp(x).permute(0, 2, 3, 1).flatten(1, 2))
        x = slots.reshape(batch * self.slots, -1, 1, 1).expand(-1, -1, 16, 16)
        x = self.decoder_cnn(self.decoder_pos(x)).reshape(batch, self.slots, 4, height, width).float()
        masks = x[:, :, 3:].softmax(dim=1)
        return (masks * x[:, :, :3]).sum(dim=1), masks


class SquaredError(nn.Module):
    """A network's loss: squared error summed over colours and pixels, averaged over the batch."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, images):
        canvas, _ = self.network(images)
        return (canvas.float() - images).pow(2).sum() / len(images)


ARCHITECTURES = {"benchmark": BenchmarkAutoEncoder, "demo": DemoAutoEncoder}

DEFAULTS = {
    "benchmark": dict(size=128, slots=11, iterations=3, batch=2, width=64),
    "demo": dict(size=32, slots=4, iterations=3, batch=32, width=64),
}


def make_trainer(arguments):
    network = SquaredError(ARCHITECTURES[arguments.architecture](
        arguments.size, arguments.slots, arguments.iterations, arguments.width
    ))
    return stepping.Trainer(arguments, network, torch.optim.Adam(network.parameters(), lr=4e-4))


def main():
    options = stepping.parser("Times a training step of Slot Attention in PyTorch eager.")
    options.add_argument("--architecture", choices=sorted(ARCHITECTURES), default="benchmark")
    for name, help_text in [
        ("size", "height and width of the images, pixels"),
        ("slots", "number of slots K"),
        ("iterations", "attention iterations T"),
        ("batch", "images a step"),
        ("width", "channels of every layer and slot size D"),
    ]:
        options.add_argument(f"--{name}", type=int, help=f"{help_text} (default: architecture's)")
    arguments = options.parse_args()
    for name, value in DEFAULTS[arguments.architecture].items():
        if getattr(arguments, name) is None:
            setattr(arguments, name, value)
    stepping.run(arguments, make_trainer, architecture=arguments.architecture)


if __name__ == "__main__":
    main()
