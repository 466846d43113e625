#!/usr/bin/env python3
"""Training step of AIR or DAIR in PyTorch eager: what our engine is timed against.

AIR (Eslami et al., 2016, arXiv 1603.08575) and DAIR (Borea, 2021) at the sizes of the thesis's
MultiMNIST experiments, written the way a user of PyTorch writes them: one glimpse after the
other, everything of a glimpse before the next, image, latents and state concatenated
for the recurrent nets. It is deliberately not tuned.

    air.py --architecture air --batch 1000 --precision float32 --threads 2

See stepping.py for the answers.
"""

import math

import torch
from torch import nn
from torch.nn import functional

import stepping
from blocks import perceptron


def gaussian_kl(mean, log_variance, prior_mean, prior_variance):
    ratio = log_variance.exp() / prior_variance
    return 0.5 * (ratio - 1 - ratio.log() + (mean - prior_mean) ** 2 / prior_variance).sum(dim=1)


def draw(mean, log_variance):
    return mean + (0.5 * log_variance).exp() * torch.randn_like(mean)


def matrix(where):
    """[[s, 0, tx], [0, s, ty]] of (s, tx, ty)."""
    zero = torch.zeros_like(where[:, :1])
    rows = [where[:, :1], zero, where[:, 1:2], zero, where[:, :1], where[:, 2:3]]
    return torch.cat(rows, dim=1).view(-1, 2, 3)


def sample(pictures, theta, side):
    shape = torch.Size([len(pictures), 1, side, side])
    grid = functional.affine_grid(theta, shape, align_corners=False)
    return functional.grid_sample(pictures, grid, align_corners=False)


class Air(nn.Module):
    """Forward gives the loss; `discrete` makes it DAIR."""

    def __init__(self, size, window, latent, discrete, steps=3, state=256):
        super().__init__()
        self.size, self.window, self.latent, self.discrete = size, window, latent, discrete
        self.steps, self.state, self.variance = steps, state, 0.3 if discrete else 0.2
        inputs, pixels = size * size + 4 + latent + state, window * window
        self.rnn = perceptron(inputs, 400, 7 + state)
        hidden = [400] if discrete else [256, 256]
        self.baseline = perceptron(inputs, *hidden, 1 + state)
        if discrete:
            self.encoder = perceptron(pixels, 400, 400, latent, flatten=True)
            self.decoder = perceptron(latent, 800, pixels)
            self.localisation = perceptron(pixels, 400, 400, 12, flatten=True)
            last, start = self.localisation[-1], [1.0, 0, 0, 0, 1, 0] + 6 * [math.log(0.01)]
            self.start(last, start)
        else:
            self.encoder = perceptron(pixels, 400, 2 * latent, flatten=True)
            self.decoder = perceptron(latent, 400, pixels)
        self.start(self.rnn[-1], [1.0 if discrete else 2.0, 3.0, 0, 0, -3.0, -3.0, -3.0])
        self.start(self.baseline[-1], [1.0 if discrete else 2.0])
        self.register_buffer("where_mean", torch.tensor([3.0, 0, 0]))
        self.register_buffer("where_variance", torch.tensor([0.01, 1, 1]))
        self.register_buffer("transform_mean", torch.tensor([1.0, 0, 0, 0, 1, 0]))

    @staticmethod
    def start(layer, values):
        with torch.no_grad():
            layer.weight[: len(values)] = 0
            layer.bias[: len(values)] = torch.tensor(values)

    def look(self, window):
        """What is seen in a window: its painting, what the next step hears of it, KL and ln q."""
        if not self.discrete:
            mean, log_variance = self.encoder(window).chunk(2, dim=1)
            z = draw(mean, log_variance)
            painted = (self.decoder(z) + 1e-32).abs().view(-1, 1, self.window, self.window)
            return painted, z, gaussian_kl(mean, log_variance, 0.0, torch.ones(())), None
        logits = self.encoder(window)
        choice = torch.distributions.Categorical(logits=logits)
        k = choice.sample()
        z = functional.one_hot(k, self.latent).float()
        prototype = (self.decoder(z) + 1e-32).abs().view(-1, 1, self.window, self.window)
        mean, log_variance = self.localisation(window).chunk(2, dim=1)
        painted = sample(prototype, draw(mean, log_variance).view(-1, 2, 3), self.window)
        q = functional.softmax(logits, dim=1)
        kl = (q * (functional.log_softmax(logits, dim=1) + math.log(self.latent))).sum(dim=1)
        kl = kl + gaussian_kl(mean, log_variance, self.transform_mean, torch.full((6,), 0.01))
        return painted, logits, kl, choice.log_prob(k)

    def forward(self, x):
        batch = len(x)
        latents = torch.ones(batch, 4 + self.latent)
        state = torch.zeros(batch, self.state)
        baseline_state, present = state, torch.ones(batch, 1)
        canvas, kl, log_q, baselines, masks = torch.zeros_like(x), 0, [], [], []
        for _ in range(self.steps):
            mask = present
            flat = x.flatten(1)
            out = self.rnn(torch.cat([flat, latents, state], dim=1))
            p, mean, log_variance, state = out[:, :1].sigmoid(), out[:, 1:4], out[:, 4:7], out[:, 7:]
            told = self.baseline(torch.cat([flat, latents.detach(), baseline_state], dim=1))
            value, baseline_state = told[:, 0], told[:, 1:]
            coin = torch.distributions.Bernoulli(probs=p)
            present = coin.sample() * mask
            where = draw(mean, log_variance)
            s = where[:, :1] + 1e-9
            window = sample(x, matrix(torch.cat([1 / s, -where[:, 1:] / s], dim=1)), self.window)
            painted, heard, kl_what, log_what = self.look(window)
            canvas = canvas + present.view(-1, 1, 1, 1) * sample(painted, matrix(where), self.size)
            latents = torch.cat([p if self.discrete else present, where, heard], dim=1)
            kl_presence = p * ((p + 1e-32).log() - math.log(0.01)) + (1 - p) * ((1 - p + 1e-32).log() - math.log(0.99))
            kl_where = gaussian_kl(mean, log_variance, self.where_mean, self.where_variance)
            flat_mask = mask.squeeze(1)
            kl = kl + flat_mask * (kl_presence.squeeze(1) + kl_where + kl_what)
            step_log = coin.log_prob(present).squeeze(1)
            log_q.append((step_log if log_what is None else step_log + log_what) * flat_mask)
            baselines.append(value * flat_mask)
            masks.append(flat_mask)
        nll = 0.5 / self.variance * ((x - canvas) ** 2).sum(dim=(1, 2, 3))
        loss = nll + kl
        for log, value, mask in zip(log_q, baselines, masks):
            loss = loss + (nll - value).detach() * log * mask + (value - nll.detach()) ** 2 * mask
        return loss.mean()


def make_trainer(arguments):
    network = Air(arguments.size, 28, arguments.latent, arguments.architecture == "dair")
    baseline = list(network.baseline.parameters())
    known = {id(parameter) for parameter in baseline}
    own = [parameter for parameter in network.parameters() if id(parameter) not in known]
    optimiser = torch.optim.Adam([{"params": own}, {"params": baseline, "lr": 1e-2}], lr=1e-4, weight_decay=1e-6)
    return stepping.Trainer(arguments, network, optimiser, channels=1)


def main():
    options = stepping.parser("Times a training step of AIR or DAIR in PyTorch eager.")
    options.add_argument("--architecture", choices=["air", "dair"], default="air")
    options.add_argument("--size", type=int, default=64, help="height and width of the images, pixels")
    options.add_argument("--latent", type=int, default=10, help="size of z_what")
    options.add_argument("--batch", type=int, default=1000, help="images a step")
    stepping.run(options.parse_args(), make_trainer, model="air")


if __name__ == "__main__":
    main()
