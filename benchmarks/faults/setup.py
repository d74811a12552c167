"""One training: what it is made of, with every fault as a value that differs from the healthy one."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Setup:
    """A training; the defaults are healthy."""

    data: str = "digits"
    network: str = "plain"
    seed: int = 0
    steps: int = 240
    batch: int = 32
    width: float = 1.0
    depth: int = 0
    activation: str = ""
    """Empty: what the network has by itself."""
    dropout: float = 0.0
    classes: int = 10
    images: int = 2000
    """Training images; the validation has 400 others."""
    optimizer: str = "sgd"
    rate: float = 0.02
    momentum: float = 0.9
    decay: float = 0.0
    schedule: str = "constant"
    clip: float = 0.0
    fresh: str = "he"
    """Initial weights: he, or what torch gives by itself."""
    centred: bool = True
    """Inputs with mean 0 and deviation 1 (else 0 to 1)."""
    augment: bool = False
    smoothing: float = 0.0
    accumulate: int = 1
    bfloat: bool = False
    """Mixed precision in bfloat16."""
    pretrained: int = 0
    """Steps of a healthy training before the recorded one."""
    frozen_but: tuple[str, ...] = ()
    """Only parameters under these names are trained."""
    validated: bool = True
    """Whether the loop validates."""
    told: bool = True
    """Whether the loop hands over the training accuracy."""
    # The faults.
    input_scale: float = 1.0
    input_shift: float = 0.0
    probe_scale: float = 1.0
    blank: bool = False
    bad_pixel_step: int = 0
    """From this step on one input value is NaN."""
    gain: float = 1.0
    """Factor on fresh weights, of all layers or those in `where`."""
    bias: float = 0.0
    """Added to the bias of the layers in `where` (of their norms where there are some), before step `when` or at it."""
    where: tuple[str, ...] = ()
    when: int = 0
    log_at: str = ""
    """Layer after which a logarithm of what may be below 0 is taken."""
    same: int = 0
    """Neurons come in sets of so many equal ones."""
    softmax: bool = False
    rectified_logits: bool = False
    loss: str = "cross_entropy"
    loss_scale: float = 1.0
    class_weight: float = 1.0
    """Class 0 counts so many times as much as any other."""
    sorted: bool = False
    """Batches come in the order of the classes."""
    label_noise: float = 0.0
    imbalance: float = 1.0
    """How many times more often class 0 comes than any other."""
    frozen: tuple[str, ...] = ()
    unoptimized: tuple[str, ...] = ()
    detached: str = ""
    norm_eval: bool = False
    norm_foreign: float = 1.0
    """Batch norms come with statistics of inputs that were so much smaller."""
    norm_momentum: float = 0.1
    leak: bool = False
    same_metrics: bool = False
    """The validation runs on the training images."""
    half: bool = False
    """Mixed precision in float16."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A training and what should be found in it."""

    name: str
    setup: Setup
    expected: str = ""
    """The rule's name; empty: nothing is wrong."""
    place: tuple[str, ...] = ()
    """Modules that the finding may point at; empty: it is about the run, or was done to all layers alike."""
    spread: bool = False
    """Whether the fault lies at all of these layers at once, so that any of them is right: a weak statement."""
    step: int = 0
    """Step of the injection; 0: from the start."""
    kind: str = ""
    """Which of the healthy kinds it is."""
