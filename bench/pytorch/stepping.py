"""What the programs of this folder share: their options and how they answer.

A program gives `run` its options and a class whose instances have `step()`, one training
step that returns its milliseconds. It then prints one JSON line with the median step or,
with `--interactive`, answers each line `step` on standard input with
{"ms": .., "peak_mb": ..} until `quit` or the end of the input. A harness can so interleave
the steps of two programs and give both the same weather. `peak_mb` is the process's
highest resident set so far, in MB of 2^20 bytes.
"""

import argparse
import json
import resource
import statistics
import sys
import time

import torch


class Trainer:
    """A network, its optimiser and one batch of noise images.

    `network(images)` gives the loss. One step is: zero the gradients, forward, loss,
    backward, optimiser. No operator's time depends on the values of the images.
    """

    def __init__(self, arguments, network, optimiser, channels=3):
        self.bfloat16 = arguments.precision == "bf16"
        self.network, self.optimiser = network, optimiser
        self.images = torch.rand(arguments.batch, channels, arguments.size, arguments.size)

    def step(self):
        """One optimiser update; returns its milliseconds."""
        start = time.perf_counter()
        self.optimiser.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bfloat16):
            loss = self.network(self.images)
        loss.backward()
        self.optimiser.step()
        return (time.perf_counter() - start) * 1e3


def peak_megabytes():
    """Highest resident set of this process so far (Linux reports KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def parser(description):
    """Options that every program has: precision, threads, steps, interactive."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--precision", choices=["float32", "bf16"], default="float32")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--warmup", type=int, default=1, help="steps before the timed ones")
    options.add_argument("--steps", type=int, default=3, help="timed steps")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--interactive", action="store_true", help="steps on request")
    return options


def serve(trainer):
    """Runs one step for each line `step` of standard input."""
    for line in sys.stdin:
        command = line.strip()
        if command == "quit":
            break
        if command == "step":
            ms = trainer.step()
            print(json.dumps({"ms": round(ms, 3), "peak_mb": round(peak_megabytes(), 1)}), flush=True)
        elif command:
            print(json.dumps({"error": f"unknown command '{command}', expected step or quit"}), flush=True)


def run(arguments, make_trainer, **facts):
    """Makes the trainer, warms it up, then serves or measures; `facts` go into the result."""
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    trainer = make_trainer(arguments)
    for _ in range(arguments.warmup):
        trainer.step()
    if arguments.interactive:
        serve(trainer)
        return
    times = [trainer.step() for _ in range(arguments.steps)]
    print(json.dumps({
        **facts,
        "precision": arguments.precision,
        "batch": arguments.batch,
        "ms": round(statistics.median(times), 3),
        "peak_mb": round(peak_megabytes(), 1),
    }))
