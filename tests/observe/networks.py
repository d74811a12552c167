"""Classification networks of torchvision and timm that trace and collect are tried on, with random weights."""

import importlib
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn


@dataclass(frozen=True)
class Network:
    """A network by library and name, and the smallest input that suits it."""

    library: str
    name: str
    size: int = 64
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.library}:{self.name}"

    def build(self) -> nn.Module:
        """Return the network with random weights, always the same ones, for ten classes."""
        torch.manual_seed(0)
        if self.library == "timm":
            timm = importlib.import_module("timm")
            return timm.create_model(self.name, pretrained=False, num_classes=10, **self.options).eval()
        torchvision = importlib.import_module("torchvision")
        return torchvision.models.get_model(self.name, weights=None, num_classes=10, **self.options).eval()

    def example(self, images: int = 1) -> torch.Tensor:
        """Return random images."""
        generator = torch.Generator().manual_seed(1)
        return torch.rand(images, 3, self.size, self.size, generator=generator)


_TORCHVISION = (
    *(Network("torchvision", name) for name in (
        "resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2", "densenet121", "squeezenet1_0", "squeezenet1_1",
        "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "efficientnet_b0", "efficientnet_v2_s",
        "shufflenet_v2_x0_5", "mnasnet0_5", "regnet_x_400mf", "regnet_y_400mf", "convnext_tiny", "vgg11",
        "vgg11_bn", "alexnet", "swin_t",
    )),
    Network("torchvision", "inception_v3", 96, {"init_weights": False}),
    Network("torchvision", "googlenet", 64, {"init_weights": False, "aux_logits": False}),
    Network("torchvision", "vit_b_16", 64, {"image_size": 64}),
)  # fmt: skip

_TIMM = (
    *(Network("timm", name) for name in (
        "nfnet_l0", "resnetv2_50x1_bit", "resnest14d", "hrnet_w18_small", "dla34", "ghostnet_050",
        "res2net50_14w_8s", "ese_vovnet19b_slim", "dpn48b", "cspresnet50", "cspdarknet53", "repvgg_a0",
        "selecsls42", "skresnet18", "seresnet18", "rexnet_100", "regnetx_002", "tf_efficientnet_lite0",
        "gernet_s", "mobileone_s0", "poolformer_s12", "convmixer_768_32", "edgenext_xx_small",
    )),
    Network("timm", "legacy_xception", 96),
    Network("timm", "inception_v4", 96),
    Network("timm", "vit_tiny_patch16_224", 64, {"img_size": 64}),
    Network("timm", "swin_tiny_patch4_window7_224", 224),
)  # fmt: skip

NETWORKS: tuple[Network, ...] = _TORCHVISION + _TIMM
