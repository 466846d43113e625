#!/usr/bin/env python3
"""Training step of MONet in PyTorch eager: what our engine is timed against.

MONet (Burgess et al., 2019, arXiv 1901.11390) at the sizes of the ClevrTex benchmark,
written the way a user of PyTorch writes it: one component after another, coordinates
tiled and convolved for each, NCHW, a module a layer. It is deliberately not tuned. The
optimiser is Adam, as on our side of the measurement; the original's is RMSprop.

    monet.py --batch 1 --precision float32 --threads 2

See stepping.py for the answers.
"""

import math

import torch
from torch import nn
from torch.nn import functional

import stepping
from blocks import UNet, grid


class Block(nn.Module):
    """Convolution, instance norm, ReLU."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.norm = nn.InstanceNorm2d(outputs, affine=True)

    def forward(self, x):
        return functional.relu(self.norm(self.conv(x)))


class Attention(nn.Module):
    """U-Net over image and log scope (B, 4, H, W) -> log alpha, log(1 - alpha)."""

    def __init__(self, blocks, width, size):
        super().__init__()
        channels = [width * min(2 ** min(i, blocks - 2), 8) for i in range(blocks)]
        self.unet = UNet(Block, 4, size, channels, channels[-2::-1] + channels[:1])
        self.output = nn.Conv2d(width, 1, 1)

    def forward(self, image, log_scope):
        logits = self.output(self.unet(torch.cat([image, log_scope], dim=1))).float()
        return functional.logsigmoid(logits), functional.logsigmoid(-logits)


class MONet(nn.Module):
    """Attention, component encoder, spatial broadcast decoder; forward gives the loss."""

    def __init__(self, size, slots, blocks, width, latent=16):
        super().__init__()
        self.size, self.slots, self.latent = size, slots, latent
        self.attention = Attention(blocks, width, size)
        encoder, inputs = [], 4
        for outputs in (32, 32, 64, 64):
            encoder += [nn.Conv2d(inputs, outputs, 3, stride=2, padding=1), nn.ReLU()]
            inputs = outputs
        encoder += [nn.Flatten(), nn.Linear(64 * (size // 16) ** 2, 256), nn.ReLU()]
        self.encoder = nn.Sequential(*encoder, nn.Linear(256, 2 * latent))
        decoder, inputs = [], latent + 2
        for _ in range(4):
            decoder += [nn.Conv2d(inputs, 32, 3), nn.ReLU()]
            inputs = 32
        self.decoder = nn.Sequential(*decoder, nn.Conv2d(32, 4, 1))
        self.register_buffer("grid", grid(size + 8, size + 8))

    def forward(self, image):
        batch, side = len(image), self.size + 8
        log_scope = torch.zeros(batch, 1, self.size, self.size)
        log_masks, means, decoded_masks, kl = [], [], [], 0
        for k in range(self.slots):
            if k < self.slots - 1:
                log_alpha, log_rest = self.attention(image, log_scope)
                log_mask = log_scope + log_alpha
                log_scope = log_scope + log_rest
            else:
                log_mask = log_scope
            mean, log_deviation = self.encoder(torch.cat([image, log_mask], dim=1)).float().chunk(2, dim=1)
            deviation = log_deviation.exp()
            z = mean + deviation * torch.randn(batch, self.latent)
            kl = kl + (0.5 * (deviation**2 + mean**2 - 1) - log_deviation).sum(dim=1)
            tiled = z.view(batch, -1, 1, 1).expand(-1, -1, side, side)
            out = self.decoder(torch.cat([tiled, self.grid.expand(batch, -1, -1, -1)], dim=1)).float()
            log_masks.append(log_mask)
            means.append(out[:, :3].sigmoid())
            decoded_masks.append(out[:, 3:])
        log_masks = torch.stack(log_masks, dim=1)
        scale = torch.full((1, self.slots, 1, 1, 1), 0.15)
        scale[:, 0] = 0.09
        errors = (image.unsqueeze(1) - torch.stack(means, dim=1)) / scale
        log_normal = -0.5 * errors**2 - scale.log() - 0.5 * math.log(2 * math.pi)
        likelihood = (log_masks + log_normal).logsumexp(dim=1).flatten(1).sum(dim=1)
        decoded = torch.stack(decoded_masks, dim=1).log_softmax(dim=1)
        mask_kl = (log_masks.exp() * (log_masks - decoded)).flatten(1).sum(dim=1)
        return (-likelihood + 0.5 * kl + 0.5 * mask_kl).mean()


def make_trainer(arguments):
    network = MONet(arguments.size, arguments.slots, arguments.blocks, arguments.width)
    return stepping.Trainer(arguments, network, torch.optim.Adam(network.parameters(), lr=1e-4))


def main():
    options = stepping.parser("Times a training step of MONet in PyTorch eager.")
    options.add_argument("--size", type=int, default=128, help="height and width of the images, pixels")
    options.add_argument("--slots", type=int, default=11, help="number of components K")
    options.add_argument("--blocks", type=int, default=6, help="blocks of the U-Net on each way")
    options.add_argument("--width", type=int, default=64, help="channels of the U-Net's first block")
    options.add_argument("--batch", type=int, default=1, help="images a step")
    stepping.run(options.parse_args(), make_trainer, model="monet")


if __name__ == "__main__":
    main()
