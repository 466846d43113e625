#!/usr/bin/env python3
"""Training step of GENESIS-V2 in PyTorch eager: what our engine is timed against.

GENESIS-V2 (Engelcke, Parker Jones, Posner, 2021, arXiv 2104.09958) at the sizes of the
ClevrTex benchmark, written the way its authors' program works: one component after
another in pooling and decoding, the feature head run again for each, `ConvTranspose2d`,
NCHW, `torch.optim.Adam`, GECO on its running error. It is deliberately not tuned.

    genesis_v2.py --batch 1 --precision float32 --threads 2

See stepping.py for the answers.
"""

import math

import torch
from torch import nn
from torch.nn import functional

import stepping
from blocks import UNet, grid


class GroupNorm(nn.GroupNorm):
    """Group norm in float32: under autocast, 1.13's CPU kernel refuses mixed precision."""

    def forward(self, x):
        return super().forward(x.float())


def convolution_norm_relu(inputs, outputs):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), GroupNorm(8, outputs), nn.ReLU(inplace=True)
    )


def encoder(size, width):
    """Image (B, 3, H, W) -> features (B, D, H, W)."""
    c, depth = width, int(math.log2(size) - 1)
    down = {4: [c, 2 * c, 2 * c, 2 * c], 5: [c, c, 2 * c, 2 * c, 2 * c], 6: [c, c, c, 2 * c, 2 * c, 2 * c]}[depth]
    return UNet(convolution_norm_relu, 3, size, down, [2 * c, 2 * c] + [c] * (depth - 2))


class GenesisV2(nn.Module):
    """Forward gives the loss and lets GECO follow the error."""

    def __init__(self, size, slots, width):
        super().__init__()
        self.size, self.slots, self.width = size, slots, width
        d = width
        self.encoder = encoder(size, d)
        self.segment_head = convolution_norm_relu(d, d)
        self.colour_head = nn.Conv2d(d, 8, 1)
        self.gate = nn.Parameter(torch.zeros(1))
        self.log_sigma = nn.Parameter(torch.tensor(-math.log(slots * math.log(2))))
        self.feature_head = nn.Sequential(convolution_norm_relu(d, d), nn.Conv2d(d, 2 * d, 1))
        self.code_norm = nn.LayerNorm(2 * d)
        self.code_head = nn.Sequential(nn.Linear(2 * d, 2 * d), nn.ReLU(), nn.Linear(2 * d, 2 * d))
        decoder, inputs = [], d + 2
        for _ in range(4):
            decoder += [
                nn.ConvTranspose2d(inputs, d, 5, stride=2, padding=2, output_padding=1),
                GroupNorm(8, d), nn.ReLU(inplace=True),
            ]
            inputs = d
        self.decoder = nn.Sequential(*decoder, nn.Conv2d(d, 4, 1))
        self.prior_lstm = nn.LSTM(d, 4 * d)
        self.prior_linear = nn.Linear(4 * d, 2 * d)
        self.register_buffer("places", torch.cat([torch.zeros(1, 6, size, size), grid(size, size)], dim=1))
        self.register_buffer("decoder_places", grid(size // 16, size // 16))
        self.beta, self.mean_error = torch.tensor(1.0), None

    def shares(self, colours):
        """Stick breaking around random seeds: K log masks (B, 1, H, W)."""
        batch = len(colours)
        field = torch.rand(batch, 1, self.size, self.size)
        log_scope, log_masks = torch.zeros_like(field), []
        for _ in range(self.slots - 1):
            index = (field * log_scope.exp()).flatten(1).argmax(dim=1)
            seed = colours.flatten(2)[torch.arange(batch), :, index].view(batch, 8, 1, 1)
            distance = ((colours - seed) ** 2).sum(dim=1, keepdim=True)
            alpha = torch.exp(-distance / self.log_sigma.exp())
            alpha = alpha + (alpha.clamp(0.01, 0.99) - alpha).detach()
            log_masks.append(log_scope + alpha.log())
            log_scope = log_scope + (1 - alpha).log()
        return log_masks + [log_scope]

    def prior(self, codes):
        with torch.autocast("cpu", enabled=False):
            out = self.prior_linear(self.prior_lstm(torch.stack(codes[:-1]))[0])
        mean, deviation = out.chunk(2, dim=2)
        return mean.tanh(), (deviation + 4).sigmoid() + 1e-4

    def forward(self, image):
        batch, d = len(image), self.width
        features = self.encoder(image)
        colours = self.colour_head(self.segment_head(features)).float() * self.gate + self.places
        codes, posteriors, pictures, logits = [], [], [], []
        for log_mask in self.shares(colours):
            mask = log_mask.exp()
            pooled = (mask * self.feature_head(features)).sum(dim=(2, 3)) / (mask.sum(dim=(2, 3)) + 1e-5)
            mean, raw = self.code_head(self.code_norm(pooled.float())).float().chunk(2, dim=1)
            deviation = functional.softplus(raw + 0.5) + 1e-8
            posteriors.append(torch.distributions.Normal(mean, deviation, validate_args=False))
            codes.append(posteriors[-1].rsample())
        side = self.size // 16
        for code in codes:
            tiled = code.view(batch, d, 1, 1).expand(-1, -1, side, side)
            places = self.decoder_places.expand(batch, -1, -1, -1)
            out = self.decoder(torch.cat([tiled, places], dim=1)).float()
            pictures.append(out[:, :3].sigmoid())
            logits.append(out[:, 3:])
        log_masks = torch.stack(logits, dim=1).log_softmax(dim=1)
        log_normal = torch.distributions.Normal(torch.stack(pictures, dim=1), 0.7, validate_args=False)
        error = -(log_masks + log_normal.log_prob(image.unsqueeze(1))).logsumexp(dim=1).flatten(1).sum(dim=1).mean()
        means, deviations = self.prior(codes)
        standard = torch.distributions.Normal(torch.zeros(batch, d), torch.ones(batch, d), validate_args=False)
        kl = 0
        for k, code in enumerate(codes):
            prior = standard if k == 0 else torch.distributions.Normal(means[k - 1], deviations[k - 1], validate_args=False)
            kl = kl + (posteriors[k].log_prob(code) - prior.log_prob(code)).sum(dim=1)
        loss = error + self.beta * kl.mean()
        self.follow(error.detach())
        return loss

    def follow(self, error):
        self.mean_error = error if self.mean_error is None else 0.01 * error + 0.99 * self.mean_error
        difference = 0.5655 * 3 * self.size**2 - self.mean_error
        step = 1e-5 * 64**2 / self.size**2 * (10 if difference > 0 else 1)
        self.beta = (self.beta * torch.exp(step * difference)).clamp(1e-10, 1e10)


def make_trainer(arguments):
    network = GenesisV2(arguments.size, arguments.slots, arguments.width)
    return stepping.Trainer(arguments, network, torch.optim.Adam(network.parameters(), lr=1e-4))


def main():
    options = stepping.parser("Times a training step of GENESIS-V2 in PyTorch eager.")
    options.add_argument("--size", type=int, default=128, help="height and width of the images, pixels")
    options.add_argument("--slots", type=int, default=11, help="number of components K")
    options.add_argument("--width", type=int, default=64, help="channels of every layer and size of a code")
    options.add_argument("--batch", type=int, default=1, help="images a step")
    stepping.run(options.parse_args(), make_trainer, model="genesis-v2")


if __name__ == "__main__":
    main()
