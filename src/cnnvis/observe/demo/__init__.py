"""The demo: a small network trained on real handwritten digits that need no download."""

from cnnvis.observe.demo.images import DemoImages, demo_images, demo_inputs
from cnnvis.observe.demo.network import DemoNetwork, demo_network
from cnnvis.observe.demo.training import held_out_accuracy, train_demo_network

__all__ = [
    "DemoImages",
    "DemoNetwork",
    "demo_images",
    "demo_inputs",
    "demo_network",
    "held_out_accuracy",
    "train_demo_network",
]
