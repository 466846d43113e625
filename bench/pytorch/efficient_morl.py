#!/usr/bin/env python3
"""Training step of EfficientMORL in PyTorch eager: what our engine is timed against.

The network is EfficientMORL (Emami et al., 2021, arXiv 2106.03849) in the form that the
ClevrTex benchmark trains, written the way a user of PyTorch writes it: `nn.Conv2d`, NCHW,
a module a layer, slots laid out over the decoder's whole grid, `torch.optim.Adam`. The
refinement takes its gradients with a differentiable graph, as the original does. It is
deliberately not tuned; no layout, fusion or compilation trick is applied.

One step is: zero the gradients, forward (with the gradients inside it), loss, backward,
Adam. Images are uniform noise: no operator's time depends on their values.

    efficient_morl.py --size 128 --slots 11 --batch 1 --precision float32 --threads 2

prints one JSON line with the median step; stepping.py tells how it answers with
`--interactive`.
"""

import math

import torch
from torch import nn
from torch.nn import functional

import stepping


def position_grid(height, width):
    """Grid (1, height, width, 4) of the distances from the four borders, each in 0..1."""
    rows = torch.linspace(0, 1, height).view(1, height, 1, 1).expand(1, height, width, 1)
    columns = torch.linspace(0, 1, width).view(1, 1, width, 1).expand(1, height, width, 1)
    return torch.cat([1 - rows, rows, columns, 1 - columns], dim=3).contiguous()


class LayerNorm(nn.LayerNorm):
    """Layer norm in float32: under autocast, 1.13's CPU kernel refuses mixed precision."""

    def forward(self, x):
        return super().forward(x.float())


class Gaussian:
    """A diagonal Gaussian; softplus of the second half of its parameters is the variance."""

    def __init__(self, parameters):
        self.mean, unbounded = parameters.float().chunk(2, dim=-1)
        self.variance = torch.log(1 + unbounded.clamp(max=80).exp()) + 1e-5

    def sample(self):
        return self.mean + self.variance.sqrt() * torch.randn_like(self.mean)

    def divergence(self, prior=None):
        """KL from this to the prior, a standard normal if there is none, summed over z."""
        mean, variance = (prior.mean, prior.variance) if prior else (0.0, 1.0)
        ratio = self.variance / variance
        return 0.5 * (ratio + (self.mean - mean) ** 2 / variance - 1 - ratio.log()).sum(dim=-1)


class DualGRU(nn.Module):
    """Two GRU cells side by side, one for means and one for variances."""

    def __init__(self, width):
        super().__init__()
        self.means, self.variances = nn.GRUCell(width, width), nn.GRUCell(width, width)

    def forward(self, update, mean, variance):
        # the cell knows no autocast: float32 in, float32 out
        return self.means(update.float(), mean), self.variances(update.float(), variance)


class Decoder(nn.Module):
    """Slots (N, D) over a grid that is larger than the image, then five unpadded layers."""

    def __init__(self, size, width, filters):
        super().__init__()
        layers, channels = [], width
        for _ in range(4):
            layers += [nn.Conv2d(channels, filters, 3), nn.ELU()]
            channels = filters
        self.decode = nn.Sequential(*layers, nn.Conv2d(filters, 4, 3))
        self.pos_embed_projection = nn.Linear(4, width)
        self.register_buffer("grid", position_grid(size + 10, size + 10))

    def forward(self, slots):
        height, width = self.grid.shape[1:3]
        x = slots[:, :, None, None].expand(-1, -1, height, width)
        x = self.decode(x + self.pos_embed_projection(self.grid).permute(0, 3, 1, 2)).float()
        return torch.sigmoid(x[:, :3]), x[:, 3:]


class Hierarchy(nn.Module):
    """Stage one: layers of slots with Gaussian posteriors by slot attention."""

    def __init__(self, size, width, filters, layers):
        super().__init__()
        self.layers, self.scale = layers, width**-0.5
        self.init_posterior = nn.Parameter(torch.cat([torch.zeros(1, width), torch.ones(1, width)], 1))
        self.pos_embed_projection = nn.Linear(4, filters)
        encoder, channels = [], 3
        for _ in range(4):
            encoder += [nn.Conv2d(channels, filters, 5, padding=2), nn.ReLU()]
            channels = filters
        self.encoder_pt_1 = nn.Sequential(*encoder)
        self.encoder_pt_2 = nn.Sequential(
            LayerNorm(filters), nn.Linear(filters, filters), nn.ReLU(), nn.Linear(filters, filters)
        )
        self.norm_slots, self.norm_mean, self.norm_variance = (LayerNorm(width) for _ in range(3))
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k = nn.Linear(filters, width, bias=False)
        self.to_v = nn.Linear(filters, width, bias=False)
        self.gru = DualGRU(width)
        self.mlp_mean = self.perceptron(width)
        self.mlp_variance = self.perceptron(width)
        self.prior_hidden = nn.Sequential(nn.Linear(width, 128), nn.ELU())
        self.prior_heads = nn.Linear(128, 2 * width)
        self.register_buffer("grid", position_grid(size, size))

    @staticmethod
    def perceptron(width):
        return nn.Sequential(nn.Linear(width, 2 * width), nn.ReLU(), nn.Linear(2 * width, width))

    def prior(self, slots):
        return Gaussian(self.prior_heads(self.prior_hidden(slots)))

    def forward(self, image, count):
        """Parameters (B * K, 2 * D) of every layer's posterior, and a sample of the last."""
        batch, width = len(image), self.init_posterior.shape[1] // 2
        x = self.encoder_pt_1(image * 2 - 1).permute(0, 2, 3, 1)
        x = self.encoder_pt_2((x + self.pos_embed_projection(self.grid)).flatten(1, 2))
        keys, values = self.to_k(x), self.to_v(x)
        parameters = self.init_posterior.repeat(batch * count, 1)
        mean, variance = parameters.chunk(2, dim=1)
        slots, found = Gaussian(parameters).sample(), []
        for _ in range(self.layers):
            queries = self.to_q(self.norm_slots(slots)).view(batch, count, width) * self.scale
            dots = torch.einsum("bkd,bnd->bkn", queries, keys).float()
            attention = dots.softmax(dim=1) + 1e-8  # the slots compete for each position
            attention = attention / attention.sum(dim=-1, keepdim=True)
            update = torch.einsum("bkn,bnd->bkd", attention, values).reshape(-1, width)
            mean, variance = self.gru(update, mean, variance)
            mean = mean + self.mlp_mean(self.norm_mean(mean))
            variance = variance + self.mlp_variance(self.norm_variance(variance))
            parameters = torch.cat([mean, variance], dim=1)
            mean, variance = parameters.chunk(2, dim=1)
            slots = Gaussian(parameters).sample()
            found.append(parameters)
        return found, slots


class Refinement(nn.Module):
    """Stage two: a change of the posterior's parameters from the loss's gradient by them."""

    def __init__(self, width):
        super().__init__()
        self.recurrence = nn.GRU(width, width)
        self.encoding = nn.Sequential(nn.Linear(4 * width, 128), nn.ELU(), nn.Linear(128, width))
        self.heads = nn.Linear(width, 2 * width)
        self.norm = nn.LayerNorm(width, elementwise_affine=False)

    def forward(self, loss, parameters, state):
        gradient = torch.autograd.grad(loss, parameters, create_graph=True, retain_graph=True)[0]
        normed = [self.norm(half).detach() for half in gradient.float().chunk(2, dim=1)]
        x = self.encoding(torch.cat([parameters, *normed], dim=1)).float()
        x, state = self.recurrence(x.unsqueeze(0), state)
        return self.heads(x.squeeze(0)), state


class EfficientMORL(nn.Module):
    """Both stages; `network(images)` is the training loss before GECO starts."""

    def __init__(self, size, slots, width=64, filters=64, layers=3, iterations=3):
        super().__init__()
        self.slots, self.iterations = slots, iterations
        self.hierarchy = Hierarchy(size, width, filters, layers)
        self.decoder = Decoder(size, width, filters)
        self.refinement = Refinement(width)

    def likelihood(self, image, slots):
        batch, _, height, width = image.shape
        colours, logits = self.decoder(slots)
        masks = logits.view(batch, self.slots, 1, height, width).log_softmax(dim=1).exp()
        canvas = (masks * colours.view(batch, self.slots, 3, height, width)).sum(dim=1)
        logarithm = 2 * math.log(0.1)
        return (0.5 * logarithm + 0.5 * (image - canvas) ** 2 / math.exp(logarithm)).sum(dim=(1, 2, 3))

    def forward(self, image):
        batch = len(image)
        found, slots = self.hierarchy(image, self.slots)
        posteriors = [Gaussian(parameters) for parameters in found]
        divergence, prior = posteriors[-1].divergence(), None
        for below, above in zip(posteriors[-2::-1], posteriors[:0:-1]):
            prior = self.hierarchy.prior(above.sample())
            divergence = divergence + below.divergence(prior)
        parameters = found[-1]
        state = torch.zeros(1, *slots.shape, device=slots.device)
        total = 0.0
        for i in range(self.iterations + 1):
            if i > 0:
                change, state = self.refinement(loss, parameters, state)
                parameters = parameters + change
                posterior = Gaussian(parameters)
                slots, divergence = posterior.sample(), posterior.divergence(prior)
            loss = (self.likelihood(image, slots) + divergence.view(batch, -1).sum(dim=1)).mean()
            total = total + (self.iterations + 3 - i) / (self.iterations + 1) * loss
        return total


def main():
    options = stepping.parser("Times a training step of EfficientMORL in PyTorch eager.")
    options.add_argument("--size", type=int, default=128, help="height and width of the images")
    options.add_argument("--slots", type=int, default=11, help="number of slots K")
    options.add_argument("--iterations", type=int, default=3, help="refinements I")
    options.add_argument("--batch", type=int, default=1, help="images a step")

    def make_trainer(arguments):
        network = EfficientMORL(arguments.size, arguments.slots, iterations=arguments.iterations)
        # PyTorch's own start is far from the original's small one; times do not depend on it
        optimiser = torch.optim.Adam(network.parameters(), lr=4e-4)
        return stepping.Trainer(arguments, network, optimiser)

    stepping.run(options.parse_args(), make_trainer, model="efficient-morl")


if __name__ == "__main__":
    main()
