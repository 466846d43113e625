#!/usr/bin/env python3
"""Training step of IODINE in PyTorch eager: what our engine is timed against.

IODINE (Greff et al., 2019, arXiv 1903.00450) in both published PyTorch forms: that of the
ClevrTex benchmark, whose gradients flow through all iterations, and zhixuan-lin's, whose
gradients cross iterations in the LSTM only. Written the way a user of PyTorch writes them:
the latent tiled over the map and convolved there, NCHW, a module a layer, inner gradients
by `autograd.grad` on a graph that is kept. Deliberately not tuned; the optimiser is Adam,
gradients are not clipped, as on our side of the measurement.

    iodine.py --architecture clevrtex --batch 1 --precision float32 --threads 2
    iodine.py --architecture zhixuan-lin --precision bf16

See stepping.py for the answers.
"""

import math

import torch
from torch import nn
from torch.nn import functional

import stepping
from blocks import grid

DEFAULTS = {
    "clevrtex": dict(size=128, slots=11, latent=128, iterations=5, width=64, hidden=256),
    "zhixuan-lin": dict(size=128, slots=7, latent=64, iterations=5, width=64, hidden=256),
}
SIGMA = 0.1


class Decoder(nn.Module):
    """Spatial broadcast decoder: (N, L) -> colours (N, 3, H, W), mask logits (N, 1, H, W)."""

    def __init__(self, latent, width, size, padded):
        super().__init__()
        padding, self.side = (1, size) if padded else (0, size + 8)
        layers, inputs = [], latent + 2
        for _ in range(4):
            layers += [nn.Conv2d(inputs, width, 3, padding=padding), nn.ELU()]
            inputs = width
        layers += [nn.Conv2d(width, 4, 3 if padded else 1, padding=padding)]
        self.layers = nn.Sequential(*layers)
        self.register_buffer("grid", grid(self.side, self.side))

    def forward(self, z):
        tiled = z[:, :, None, None].expand(-1, -1, self.side, self.side)
        x = torch.cat([tiled, self.grid.expand(len(z), -1, -1, -1)], dim=1)
        x = self.layers(x).float()
        return x[:, :3].sigmoid(), x[:, 3:]


class Refinement(nn.Module):
    """17 maps and 4L numbers a component, and the LSTM's state -> change of lambda (N, 2L)."""

    def __init__(self, latent, width, hidden):
        super().__init__()
        layers, inputs = [], 17
        for _ in range(4):
            layers += [nn.Conv2d(inputs, width, 3, stride=2, padding=1), nn.ELU()]
            inputs = width
        self.convolutions = nn.Sequential(*layers)
        self.features = nn.Linear(width, hidden)
        self.lstm = nn.LSTMCell(hidden + 4 * latent, hidden)
        self.head = nn.Linear(hidden, 2 * latent)

    def forward(self, maps, vectors, state, cell_head):
        x = functional.elu(self.features(self.convolutions(maps).mean(dim=(2, 3)))).float()
        with torch.autocast("cpu", enabled=False):  # the cell knows no lower precision here
            state = self.lstm(torch.cat([x, vectors], dim=1), state)
        return self.head(state[1] if cell_head else state[0]).float(), state


class Iodine(nn.Module):
    """What both forms share; forward gives the loss."""

    def __init__(self, size, slots, latent, iterations, width, hidden, padded):
        super().__init__()
        self.slots, self.latent, self.iterations, self.hidden = slots, latent, iterations, hidden
        self.decoder = Decoder(latent, width, size, padded)
        self.refinement = Refinement(latent, width, hidden)
        self.register_buffer("grid", grid(size, size))

    def paint(self, z):
        """z (B*K, L) -> colours (B, K, 3, H, W), mask logits (B, K, 1, H, W)."""
        colours, logits = self.decoder(z)
        return colours.unflatten(0, (-1, self.slots)), logits.unflatten(0, (-1, self.slots))

    def maps(self, image, *parts):
        """The refinement network's maps: image, parts, coordinates, for every component."""
        batch = len(image)
        parts = [part.expand(batch, self.slots, -1, -1, -1) for part in (image.unsqueeze(1), *parts, self.grid.unsqueeze(1))]
        return torch.cat(parts, dim=2).flatten(0, 1)

    def start(self, batch):
        return [torch.zeros(batch * self.slots, self.hidden) for _ in range(2)]


class ClevrTexIodine(Iodine):
    """Variance by softplus, logarithms as inputs, layer norms with a weight for each pixel."""

    def __init__(self, size, slots, latent, iterations, width, hidden):
        super().__init__(size, slots, latent, iterations, width, hidden, padded=False)
        self.posterior = nn.Parameter(torch.cat([torch.zeros(1, latent), torch.ones(1, latent)], dim=1))
        shapes = [(1, size, size), (1, size, size), (3, size, size), (1, size, size), (latent,), (latent,)]
        self.norms = nn.ModuleList([nn.LayerNorm(shape) for shape in shapes])

    def without_each(self, likelihoods, logits):
        """log p of a pixel by all components but one, (B, K, 1, H, W)."""
        results = []
        with torch.no_grad():
            for k in range(self.slots):
                others = [j for j in range(self.slots) if j != k]
                masks = logits[:, others].log_softmax(dim=1)
                results.append((likelihoods[:, others] + masks).logsumexp(dim=1).sum(dim=1, keepdim=True))
        return torch.stack(results, dim=1)

    def forward(self, image):
        batch, state = len(image), self.start(len(image))
        posterior, total = self.posterior.expand(batch * self.slots, -1), 0
        for i in range(self.iterations):
            mean, spread = posterior.chunk(2, dim=1)
            variance = functional.softplus(spread)
            means, logits = self.paint(mean + variance.sqrt() * torch.randn_like(mean))
            masks = logits.log_softmax(dim=1)
            likelihoods = -math.log(SIGMA) - 0.5 * ((image.unsqueeze(1) - means) / SIGMA) ** 2
            mixture = (masks + likelihoods).logsumexp(dim=1).sum(dim=1, keepdim=True)
            divergence = 0.5 * (variance + mean**2 - 1 - variance.log()).sum() / batch
            loss = divergence - mixture.sum() / batch
            total = total + (i + 1) / self.iterations * loss
            if i == self.iterations - 1:
                return total
            of_means, of_masks, of_posterior = torch.autograd.grad(loss, [means, masks, posterior], retain_graph=True)
            joint = likelihoods.sum(dim=2, keepdim=True)
            maps = self.maps(
                image, means, masks, logits, joint.log_softmax(dim=1), self.norms[2](of_means), self.norms[3](of_masks),
                self.norms[0](mixture.detach()).unsqueeze(1), self.norms[1](self.without_each(likelihoods, logits)),
            )
            of_mean, of_spread = of_posterior.chunk(2, dim=1)
            vectors = torch.cat([posterior, self.norms[4](of_mean), self.norms[5](of_spread)], dim=1)
            change, state = self.refinement(maps, vectors, state, cell_head=False)
            posterior = posterior + change


def normalise(x, dims, unbiased):
    """Mean 0, deviation 1."""
    return (x - x.mean(dim=dims, keepdim=True)) / (x.std(dim=dims, keepdim=True, unbiased=unbiased) + 1e-5)


class LinIodine(Iodine):
    """Log-variance, probabilities as inputs, norms without parameters, everything detached."""

    def __init__(self, size, slots, latent, iterations, width, hidden):
        super().__init__(size, slots, latent, iterations, width, hidden, padded=True)
        self.posterior = nn.Parameter(torch.zeros(1, 2 * latent))

    def forward(self, image):
        batch, state = len(image), self.start(len(image))
        posterior, total = self.posterior.expand(batch * self.slots, -1), 0
        for i in range(self.iterations + 1):
            mean, spread = posterior.chunk(2, dim=1)
            means, logits = self.paint(mean + (0.5 * spread).exp() * torch.randn_like(mean))
            masks = logits.softmax(dim=1)
            likelihoods = -math.log(SIGMA) - 0.5 * math.log(2 * math.pi) - 0.5 * ((image.unsqueeze(1) - means) / SIGMA) ** 2
            mixture = ((masks + 1e-12).log() + likelihoods).logsumexp(dim=1).sum(dim=1, keepdim=True)
            divergence = 0.5 * (spread.exp() + mean**2 - 1 - spread).sum() / batch
            bound = mixture.sum() / batch - divergence
            total = total - (i + 1) / (self.iterations + 1) * bound
            if i == self.iterations:
                return total
            gradients = torch.autograd.grad(batch * bound, [means, masks, posterior], retain_graph=True)
            with torch.no_grad():
                joint = likelihoods.sum(dim=2, keepdim=True).exp()
                shares = masks * joint
                rest = (shares.sum(dim=1, keepdim=True) - shares) / (1 - masks + 1e-5)
                of_maps = [normalise(x, (2, 3, 4), False) for x in (*gradients[:2], mixture.exp().unsqueeze(1), rest)]
                maps = self.maps(image, means, masks, logits, joint / joint.sum(dim=1, keepdim=True), *of_maps)
                of_vectors = [normalise(x, 1, True) for x in gradients[2].chunk(2, dim=1)]
                vectors = torch.cat([posterior, *of_vectors], dim=1)
            change, state = self.refinement(maps, vectors, state, cell_head=True)
            posterior = posterior.detach() + change


ARCHITECTURES = {"clevrtex": ClevrTexIodine, "zhixuan-lin": LinIodine}


def make_trainer(arguments):
    network = ARCHITECTURES[arguments.architecture](
        arguments.size, arguments.slots, arguments.latent, arguments.iterations, arguments.width, arguments.hidden
    )
    return stepping.Trainer(arguments, network, torch.optim.Adam(network.parameters(), lr=3e-4))


def main():
    options = stepping.parser("Times a training step of IODINE in PyTorch eager.")
    options.add_argument("--architecture", choices=sorted(ARCHITECTURES), default="clevrtex")
    for name, help_text in [
        ("size", "height and width of the images, pixels"),
        ("slots", "number of components K"),
        ("latent", "size L of a component's latent"),
        ("iterations", "T"),
        ("width", "channels of every convolution"),
        ("hidden", "width of the LSTM"),
    ]:
        options.add_argument(f"--{name}", type=int, help=f"{help_text} (default: architecture's)")
    options.add_argument("--batch", type=int, default=1, help="images a step")
    arguments = options.parse_args()
    for name, value in DEFAULTS[arguments.architecture].items():
        if getattr(arguments, name) is None:
            setattr(arguments, name, value)
    stepping.run(arguments, make_trainer, architecture=arguments.architecture)


if __name__ == "__main__":
    main()
