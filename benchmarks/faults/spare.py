"""The faults of the spare part, in strengths that no other part has."""

from faults.strengths import FINE_TUNED, Strengths

SPARE: dict[str, Strengths] = {
    "learning-rate-high": ({"rate": 15.0}, {"optimizer": "adam", "rate": 1.5}, {"rate": 30.0, "batch": 48}),
    "learning-rate-low": ({"rate": 1.5e-6}, {"optimizer": "adamw", "rate": 5e-7}, {"rate": 2e-7, "batch": 48}),
    "inputs": (
        {"centred": False, "input_scale": 180.0},
        {"input_shift": 16.0},
        {"input_scale": 2e-4},
        {"probe_scale": 40.0},
        # As in the development part, with CIFAR-10's figures.
        {**FINE_TUNED, "input_scale": 0.247, "input_shift": 0.473},
        {**FINE_TUNED, "input_scale": 4.05, "input_shift": -1.91},
        {**FINE_TUNED, "input_shift": 1.91},
    ),
    "double-softmax": (
        {"softmax": True, "rate": 0.1},
        {"softmax": True, "optimizer": "rmsprop", "rate": 1e-3},
        {"softmax": True, "batch": 48},
    ),
    "wrong-loss": (
        {"loss": "mse", "rate": 0.05},
        {"loss": "l1", "rate": 0.05},
        {"loss": "nll", "optimizer": "adam", "rate": 2e-4},
    ),
    "rectified-logits": (
        {"rectified_logits": True, "batch": 48},
        {"rectified_logits": True, "rate": 0.015},
        {"rectified_logits": True, "optimizer": "rmsprop", "rate": 5e-4},
    ),
    "label-noise": (
        {"label_noise": 0.95, "batch": 48},
        {"label_noise": 0.7, "steps": 380},
        {"label_noise": 0.85, "optimizer": "adamw", "rate": 1e-3, "steps": 300},
    ),
    "class-imbalance": ({"imbalance": 12.0}, {"imbalance": 40.0}, {"imbalance": 25.0, "batch": 48}),
    "weight-decay": (
        {"decay": 0.6},
        {"optimizer": "adamw", "rate": 1.5e-3, "decay": 35.0},
        {"decay": 0.35, "steps": 400},
    ),
    "overfitting": (
        {"images": 45, "steps": 500},
        {"images": 55, "steps": 600, "optimizer": "adam", "rate": 1.5e-3},
        {"images": 65, "steps": 600, "width": 1.5},
    ),
    "underfitting": (
        {"width": 0.13, "steps": 900, "optimizer": "adam", "rate": 0.018, "schedule": "linear", "batch": 64},
        {
            "width": 0.13,
            "classes": 20,
            "steps": 900,
            "optimizer": "adamw",
            "rate": 0.018,
            "schedule": "cosine",
            "batch": 64,
        },
        {"dropout": 0.93, "steps": 900, "optimizer": "adam", "rate": 0.005, "schedule": "linear", "batch": 64},
    ),
    "redundant-neurons": ({"same": 5}, {"same": 2, "rate": 0.01}, {"same": 4, "optimizer": "adam", "rate": 1e-3}),
    "unshuffled-batches": (
        {"sorted": True, "batch": 20},
        {"sorted": True, "optimizer": "adamw", "rate": 1e-3},
        {"sorted": True, "batch": 48},
    ),
    "output-collapse": (
        {"class_weight": 600.0},
        {"class_weight": 6e3},
        {"class_weight": 5e4, "optimizer": "adamw", "rate": 1e-3},
    ),
    "data-leakage": ({"leak": True, "batch": 24}, {"leak": True, "images": 800}, {"same_metrics": True, "batch": 48}),
    "precision-overflow": (
        {"half": True, "loss_scale": 7e5},
        {"half": True, "loss_scale": 2e7},
        {"half": True, "loss_scale": 4e6, "batch": 48},
    ),
    "momentum-high": (
        {"momentum": 0.996, "rate": 0.03, "batch": 8, "steps": 400},
        {"momentum": 0.994, "rate": 0.05, "batch": 10, "steps": 400},
        {"momentum": 0.998, "rate": 0.025, "batch": 12, "steps": 350},
    ),
    "learning-rate-not-decayed": (
        {"activation": "tanh", "rate": 0.075, "batch": 8, "steps": 800},
        {"activation": "tanh", "rate": 0.06, "batch": 7, "steps": 900},
        {"activation": "tanh", "rate": 0.07, "batch": 6, "steps": 800},
    ),
    "nonfinite": ({"bad_pixel_step": 80}, {"bad_pixel_step": 20}, {"log_at": True}),
    "exploding-gradient": ({"loss_scale": 400.0}, {"loss_scale": 2e3}, {"loss_scale": 3e4}),
    "initialisation": ({"gain": 0.09}, {"gain": 0.025}, {"gain": 5.0}, {"gain": 12.0}),
    "batch-norm-mode": (
        {"norm_eval": True, "batch": 48},
        {"norm_eval": True, "norm_foreign": 2.5},
        {"norm_eval": True, "optimizer": "adamw", "rate": 1e-3},
    ),
    "batch-norm-small-batches": (
        {"batch": 2, "steps": 600, "rate": 0.01},
        {"batch": 3, "norm_momentum": 0.4, "steps": 500},
        {"batch": 4, "norm_momentum": 0.85, "steps": 500},
    ),
    "dead-relu": ({"bias": -18.0}, {"bias": -35.0, "when": 70}, {"bias": -22.0, "when": 90}),
    "untrained-parameters": (
        {"frozen": True, "batch": 48},
        {"unoptimized": True, "optimizer": "adamw", "rate": 1e-3},
        {"detached": True, "rate": 0.015},
    ),
    "saturation": (
        {"activation": "sigmoid", "bias": 11.0},
        {"activation": "tanh", "bias": -10.0},
        {"activation": "tanh", "bias": 13.0, "when": 70},
    ),
    "vanishing-gradient": (
        {"activation": "sigmoid", "depth": 5, "rate": 0.03},
        {"activation": "sigmoid", "depth": 7, "rate": 0.03},
        {"activation": "sigmoid", "depth": 9, "batch": 48},
    ),
}
