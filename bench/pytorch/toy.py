#!/usr/bin/env python3
"""The toy experiment of the gradient estimators in PyTorch, one repetition after another.

Written anew from the description of Borea's experiments. A step is one optimiser update of
every repetition and the measurement of its gradient variance on 1000 estimates, as the
original does after each update; `--batch` is the number of repetitions.
"""

import time

import torch
from torch import nn
from torch.distributions import Categorical, RelaxedOneHotCategorical

import stepping

TARGET = (0.34, 0.33, 0.33)
ESTIMATES = 1000
TUNE_RATES = {"nvil": 0.1, "rebar": 0.01, "relax": 0.01}


class Surrogate(nn.Module):
    """RELAX's: a linear layer on the tempered softmax."""

    def __init__(self, classes):
        super().__init__()
        self.log_temp = nn.Parameter(torch.zeros(()))
        self.network = nn.Sequential(nn.Linear(classes, classes))

    def forward(self, x):
        return self.network(torch.softmax(x / self.log_temp.exp(), dim=-1))


def f(z, target):
    return ((z - target) ** 2).mean(dim=-1)


class Repetition:
    """One run: logits, estimator, two optimisers."""

    def __init__(self, estimator):
        classes = len(TARGET)
        self.encoder = nn.Linear(1, classes, bias=False)
        nn.init.zeros_(self.encoder.weight)
        self.estimator = getattr(self, estimator)
        self.tuned = []
        if estimator == "nvil":
            self.baseline = nn.Linear(1, 1)
            self.tuned = list(self.baseline.parameters())
        elif estimator == "rebar":
            self.log_temp = nn.Parameter(torch.zeros(1))
            self.tuned = [self.log_temp]
        elif estimator == "relax":
            self.surrogate = Surrogate(classes)
            self.tuned = list(self.surrogate.parameters())
        self.optimiser = torch.optim.Adam(self.encoder.parameters(), lr=0.01)
        self.tuner = torch.optim.Adam(self.tuned, lr=TUNE_RATES[estimator]) if self.tuned else None

    def step(self):
        """One update, then the variance of the estimates."""
        self.optimiser.zero_grad()
        if self.tuner:
            self.tuner.zero_grad()
        self.surrogate_loss(self.logits(1)).sum().backward()
        self.optimiser.step()
        if self.tuner:
            self.tuner.step()
        logits = self.logits(ESTIMATES)
        logits.retain_grad()
        self.surrogate_loss(logits).sum().backward()
        return logits.grad.var(dim=0).sum().item()

    def logits(self, batch):
        return self.encoder(torch.ones(1, 1)).repeat(batch, 1)

    def surrogate_loss(self, logits):
        value = self.estimator(logits, torch.tensor([TARGET]).repeat(logits.shape[0], 1))
        for parameter in self.tuned:
            parameter.requires_grad_(self.estimator == self.nvil)
        return value

    def exact(self, logits, target):
        p = torch.softmax(logits, dim=-1)
        values = torch.eye(logits.shape[1]).expand(logits.shape[0], -1, -1)
        return (p * f(values, target[:, None])).sum(dim=-1)

    def reinforce(self, logits, target):
        distribution = Categorical(logits=logits)
        k = distribution.sample()
        loss = f(torch.nn.functional.one_hot(k, logits.shape[1]).float(), target)
        return loss.detach() * distribution.log_prob(k)

    def nvil(self, logits, target):
        # Baselines [B, 1] against losses [B] would make 1000 x 1000 numbers of the measurement: the published
        # broadcast. One baseline an item is cheaper, and what is measured here.
        distribution = Categorical(logits=logits)
        k = distribution.sample()
        loss = f(torch.nn.functional.one_hot(k, logits.shape[1]).float(), target).detach()
        baseline = self.baseline(torch.ones(1, 1)).repeat(logits.shape[0], 1).squeeze(1)
        error = (loss - baseline) ** 2
        return (loss - baseline).detach() * distribution.log_prob(k) + error - error.detach()

    def concrete(self, logits, target):
        return f(RelaxedOneHotCategorical(torch.tensor(0.6), logits=logits).rsample(), target)

    def rebar(self, logits, target):
        return self.controlled(logits, target, 1e-9, lambda x: torch.softmax(x / self.log_temp.exp(), dim=-1))

    def relax(self, logits, target):
        return self.controlled(logits, target, 1e-16, self.surrogate)

    def controlled(self, logits, target, epsilon, relaxed):
        for parameter in self.tuned:
            parameter.requires_grad_(True)
        p = torch.softmax(logits, dim=-1).clamp(epsilon, 1 - epsilon)
        u, v = (torch.empty_like(p).uniform_(1e-38, 1) for _ in range(2))
        free = p.log() - (-u.log()).log()
        k = free.argmax(dim=-1)
        z = torch.nn.functional.one_hot(k, p.shape[1]).float()
        largest = -v.log().gather(-1, k[:, None])
        conditional = -torch.where(z.bool(), largest, -v.log() / p + largest).log()
        loss, loss_free, loss_conditional = f(z, target), f(relaxed(free), target), f(relaxed(conditional), target)
        log_prob = Categorical(probs=p).log_prob(k)
        (by_score,) = torch.autograd.grad(log_prob.sum(), logits, create_graph=True)
        (by_free,) = torch.autograd.grad(loss_free.sum(), logits, create_graph=True)
        (by_conditional,) = torch.autograd.grad(loss_conditional.sum(), logits, create_graph=True)
        gradient = (loss - loss_conditional)[:, None] * by_score + by_free - by_conditional
        (gradient ** 2).sum(dim=-1).mean().backward(retain_graph=True)
        return (loss - loss_conditional).detach() * log_prob + loss_free - loss_conditional


class Trainer:
    """All repetitions, one after another."""

    def __init__(self, arguments):
        self.repetitions = [Repetition(arguments.estimator) for _ in range(arguments.batch)]

    def step(self):
        """One update of each repetition; returns the milliseconds of all."""
        start = time.perf_counter()
        for repetition in self.repetitions:
            repetition.step()
        return (time.perf_counter() - start) * 1e3


if __name__ == "__main__":
    options = stepping.parser(__doc__)
    options.add_argument("--estimator", choices=["exact", "reinforce", "nvil", "concrete", "rebar", "relax"], default="rebar")
    options.add_argument("--batch", type=int, default=50, help="repetitions")
    arguments = options.parse_args()
    stepping.run(arguments, Trainer, estimator=arguments.estimator)
