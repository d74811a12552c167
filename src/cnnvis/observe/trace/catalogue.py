"""The operations that trace knows: their kind and their rule."""

from cnnvis.observe.trace import reshape_rules, rules
from cnnvis.observe.trace.rules import Rule
from cnnvis.schema.graph import LayerKind

ACTIVATIONS = frozenset(
    (
        "relu relu6 gelu silu hardswish hardsigmoid sigmoid tanh leaky_relu elu prelu mish softplus hardtanh celu "
        "selu rrelu softsign logsigmoid log_sigmoid hardshrink softshrink tanhshrink threshold swish"
    ).split()
)
"""Non-linearities that end a unit."""

_POINTWISE = (
    "add sub mul div pow neg abs exp log log1p expm1 sqrt rsqrt reciprocal square sin cos erf clamp clamp_min "
    "clamp_max minimum maximum where masked_fill lerp addcmul addcdiv fmod remainder floor ceil round sign logical_not "
    "logical_and logical_or eq ne lt le gt ge isnan isfinite nan_to_num sinh cosh atan logit floor_divide "
    "threshold_backward copy fill zero fill_diagonal dropout dropout1d dropout2d dropout3d alpha_dropout "
    "feature_alpha_dropout feature_dropout bernoulli identity stochastic_depth drop_path"
).split()

_GROUPS: tuple[tuple[LayerKind, Rule, str], ...] = (
    ("conv", rules.convolution, "conv1d conv2d conv3d"),
    ("conv", rules.transposed, "conv_transpose1d conv_transpose2d conv_transpose3d"),
    ("conv", rules.kernel_convolution, "convolution"),
    ("conv", rules.whole, "deform_conv2d"),
    ("linear", rules.linear, "linear"),
    ("linear", rules.whole, "bilinear addmm"),
    ("norm", rules.normalisation, "batch_norm instance_norm group_norm layer_norm rms_norm"),
    ("norm", rules.merge, "local_response_norm"),
    ("norm", rules.along, "normalize"),
    ("activation", rules.merge, " ".join(sorted(ACTIVATIONS))),
    ("pool", rules.pooling, "max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d lp_pool2d"),
    ("pool", rules.adaptive, "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d"),
    ("pool", rules.adaptive, "adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d"),
    ("pool", rules.reduction, "mean amax amin nanmean"),
    ("other", rules.reduction, "sum prod std var norm logsumexp max min any all"),
    ("other", rules.along, "softmax log_softmax softmin cumsum cumprod"),
    ("merge", rules.concatenation, "cat"),
    ("merge", rules.stacking, "stack"),
    ("shape", rules.viewed, "view reshape flatten unflatten squeeze unsqueeze ravel view_as reshape_as unsafe_view"),
    ("shape", reshape_rules.permuted, "permute transpose movedim t T mT H mH adjoint"),
    ("shape", reshape_rules.indexed, "getitem"),
    ("shape", reshape_rules.parted, "chunk split split_with_sizes tensor_split unbind narrow select"),
    ("shape", reshape_rules.padded, "pad"),
    ("shape", reshape_rules.resampled, "interpolate"),
    ("shape", reshape_rules.shuffled_pixels, "pixel_shuffle"),
    ("shape", reshape_rules.unshuffled_pixels, "pixel_unshuffle"),
    ("shape", rules.same, "channel_shuffle"),
    ("shape", reshape_rules.repeated, "expand repeat expand_as broadcast_to tile"),
    ("shape", reshape_rules.moved_places, "flip roll index_select fliplr flipud"),
    ("merge", reshape_rules.written, "setitem"),
    ("merge", rules.whole, "matmul bmm einsum baddbmm mm tensordot"),
    ("other", rules.whole, "scaled_dot_product_attention multi_head_attention_forward lstm gru rnn_tanh rnn_relu "
     "lstm_cell gru_cell rnn_tanh_cell rnn_relu_cell sort topk argmax argmin argsort gather scatter unfold fold"),
    ("other", rules.merge, " ".join(_POINTWISE)),
)  # fmt: skip

CATALOGUE: dict[str, tuple[LayerKind, Rule]] = {
    name: (kind, rule) for kind, rule, names in _GROUPS for name in names.split()
}

ELEMENTWISE = frozenset(_POINTWISE) | ACTIVATIONS
