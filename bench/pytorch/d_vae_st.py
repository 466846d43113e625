#!/usr/bin/env python3
"""Training step of D-VAE-ST in PyTorch eager: what our engine is timed against.

D-VAE-ST (Borea, "Structured Image Decompositions using Unsupervised Object-Centric Learning", 2021)
at the sizes of its MNIST experiments, written the way a user of PyTorch writes it: a module a
layer, one evaluation of the loss after the other, each with its own pass of the localisation
net. The estimator is RELAX as the thesis uses it, or NVIL. It is deliberately not tuned.

    d_vae_st.py --batch 1000 --estimator relax --precision float32 --threads 2

See stepping.py for the answers.
"""

import math

import torch
from torch import nn
from torch.nn import functional

import stepping
from blocks import perceptron


class Surrogate(nn.Module):
    """Tempered softmax, then a perceptron: the relaxed value of RELAX."""

    def __init__(self, classes):
        super().__init__()
        self.log_temperature = nn.Parameter(torch.zeros(()))
        self.network = perceptron(classes, 400, 400, classes)

    def forward(self, perturbed):
        return self.network(functional.softmax(perturbed / self.log_temperature.exp(), dim=1))


class Likelihood(nn.Module):
    """Decoder, localisation net and spatial transformer: -ln p(x | z) of each image."""

    def __init__(self, size, classes):
        super().__init__()
        self.size = size
        self.decoder = perceptron(classes, 800, size * size)
        self.localisation = perceptron(size * size, 400, 400, 12, flatten=True)
        nn.init.zeros_(self.localisation[-1].weight)
        self.register_buffer("mean", torch.tensor([1.0, 0, 0, 0, 1, 0]))
        self.register_buffer("variance", torch.full((6,), 0.01))
        with torch.no_grad():
            self.localisation[-1].bias.copy_(torch.cat([self.mean, self.variance.log()]))

    def forward(self, z, x):
        picture = self.decoder(z).view(-1, 1, self.size, self.size)
        mean, log_variance = self.localisation(x).chunk(2, dim=1)
        theta = mean + (0.5 * log_variance).exp() * torch.randn_like(mean)
        ratio = log_variance.exp() / self.variance
        kl = ratio - 1 - ratio.log() + (mean - self.mean) ** 2 / self.variance
        self.divergence = 0.5 * kl.sum(dim=1)
        grid = functional.affine_grid(theta.view(-1, 2, 3), picture.shape, align_corners=False)
        moved = functional.grid_sample(picture, grid, align_corners=False)
        return ((x - moved) ** 2).sum(dim=(1, 2, 3)) / (2 * 0.15)


class DVaeSt(nn.Module):
    """The whole model; forward gives the loss, RELAX's variance has been differentiated by then."""

    def __init__(self, size, classes, estimator):
        super().__init__()
        self.classes, self.estimator = classes, estimator
        self.encoder = perceptron(size * size, 400, 400, classes, flatten=True)
        self.likelihood = Likelihood(size, classes)
        self.tuned = Surrogate(classes) if estimator == "relax" else perceptron(size * size, 400, 400, 1, flatten=True)

    def groups(self):
        own = list(self.encoder.parameters()) + list(self.likelihood.parameters())
        rate = 1e-4 if self.estimator == "relax" else 1e-3
        return [{"params": own}, {"params": list(self.tuned.parameters()), "lr": rate}]

    def nvil(self, logits, x):
        choice = torch.distributions.Categorical(logits=logits)
        k = choice.sample()
        nll = self.likelihood(functional.one_hot(k, self.classes).float(), x)
        baseline = self.tuned(x)
        signal = nll.detach() - baseline
        surrogate = signal.detach() * choice.log_prob(k) + signal**2
        return nll, surrogate

    def relax(self, logits, x):
        p = functional.softmax(logits, dim=1).clamp(1e-16, 1 - 1e-16)
        log_p = p.log()
        u = torch.rand_like(p).clamp_min(1e-38)
        v = torch.rand_like(p).clamp_min(1e-38)
        perturbed = log_p - (-u.log()).log()
        k = perturbed.argmax(dim=1)
        z = functional.one_hot(k, self.classes).float()
        top = (v * z).sum(dim=1, keepdim=True)
        others = -(-v.log() / p - top.log()).log()
        conditional = torch.where(z.bool(), -(-v.log()).log(), others)
        hard = self.likelihood(z, x)
        free = self.likelihood(self.tuned(perturbed), x)
        given = self.likelihood(self.tuned(conditional), x)
        log_k = torch.distributions.Categorical(probs=p).log_prob(k)
        score = torch.autograd.grad(log_k.sum(), logits, create_graph=True, retain_graph=True)[0]
        path = torch.autograd.grad((free - given).sum(), logits, retain_graph=True)[0]
        gradient = (hard - given).unsqueeze(1) * score + path.detach()
        variance = (gradient**2).sum(dim=1).mean()
        own = list(self.encoder.parameters()) + list(self.likelihood.parameters())
        for parameter in own:
            parameter.requires_grad_(False)
        variance.backward(retain_graph=True)
        for parameter in own:
            parameter.requires_grad_(True)
        for parameter in self.tuned.parameters():
            parameter.requires_grad_(False)
        return hard, (hard - given).detach() * log_k + free - given

    def forward(self, x):
        logits = self.encoder(x)
        nll, surrogate = self.relax(logits, x) if self.estimator == "relax" else self.nvil(logits, x)
        q = functional.softmax(logits, dim=1)
        kl = (q * (functional.log_softmax(logits, dim=1) + math.log(self.classes))).sum(dim=1)
        bound = nll + kl + self.likelihood.divergence
        return (bound + surrogate - surrogate.detach()).mean()


class Trainer(stepping.Trainer):
    """Lets the surrogate learn again after each step."""

    def step(self):
        milliseconds = super().step()
        for parameter in self.network.tuned.parameters():
            parameter.requires_grad_(True)
        return milliseconds


def make_trainer(arguments):
    network = DVaeSt(arguments.size, arguments.classes, arguments.estimator)
    optimiser = torch.optim.Adam(network.groups(), lr=5e-4, weight_decay=1e-6)
    return Trainer(arguments, network, optimiser, channels=1)


def main():
    options = stepping.parser("Times a training step of D-VAE-ST in PyTorch eager.")
    options.add_argument("--size", type=int, default=28, help="height and width of the images, pixels")
    options.add_argument("--classes", type=int, default=10, help="number of classes K")
    options.add_argument("--estimator", choices=["relax", "nvil"], default="relax")
    options.add_argument("--batch", type=int, default=1000, help="images a step")
    stepping.run(options.parse_args(), make_trainer, model="d-vae-st")


if __name__ == "__main__":
    main()
