"""Titles for the clusters of a layer, from what their neurons' patches and images look like and from their classes."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int

from cnnvis.analysis.describe import SELECTIVE, Evidence, Title, said_of_images, said_of_patches, title_clusters
from cnnvis.compose.layer_material import Material


class Titler:
    """Titles clusters of one layer; what is known of a cluster is kept, so that an edit asks only for new ones.

    Args:
        material: What the clusters of the layer are made from.

    """

    def __init__(self, material: Material) -> None:
        self._material = material
        self._known: dict[tuple[int, ...], Evidence] = {}

    def titles(self, clusters: Sequence[Sequence[int]]) -> list[Title]:
        """Return a title for each of all clusters of the layer, given by their neurons."""
        found: dict[tuple[int, ...], Evidence] = {}
        for members in clusters:
            key = tuple(sorted(members))
            found[key] = self._known.get(key) or self._evidence(np.array(key, dtype=np.int64))
        self._known = found
        return title_clusters(
            [found[tuple(sorted(members))] for members in clusters],
            self._names,
            sees_little=self._material.finder.sees_little,
            threshold=selective(self._material.class_images),
        )

    @property
    def _names(self) -> tuple[str, ...]:
        return self._material.class_names if self._material.grouped else ()

    def _evidence(self, members: Int[np.ndarray, " members"]) -> Evidence:
        material = self._material
        profile = mean_profile(material.profiles[members])
        if material.never_active[members].all():
            return Evidence(profile=profile, never_active=True)
        patches, images, plain = [], [], ""
        if material.finder.sees_little or not self._names:
            shares = material.patch_looks[members]
            shares = shares[np.isfinite(shares).all(axis=1)]
            if len(shares):
                patches, plain = said_of_patches(shares, self._usual)
        if material.responses is not None:
            cluster = material.responses[:, members].mean(axis=1)
            images = said_of_images(cluster, self._layer_response, material.image_looks.qualities)
        return Evidence(profile=profile, patches=tuple(patches), images=tuple(images), plain=plain)

    @cached_property
    def _usual(self) -> Float[np.ndarray, " words"]:
        """Mean share of each word over the layer's neurons that have patches."""
        shares = self._material.patch_looks
        return shares[np.isfinite(shares).all(axis=1)].mean(axis=0)

    @cached_property
    def _layer_response(self) -> Float[np.ndarray, " images"]:
        responses = self._material.responses
        if responses is None:
            return np.zeros(0)
        return responses[:, ~self._material.never_active].mean(axis=1)


def mean_profile(rows: Float[np.ndarray, "members classes"]) -> Float[np.ndarray, " classes"]:
    """Return the mean over neurons, over those of which the class is known; NaN where there is none."""
    finite = np.isfinite(rows)
    counts = finite.sum(axis=0)
    total = np.where(finite, rows, 0.0).sum(axis=0)
    return np.divide(total, counts, out=np.full(rows.shape[1], np.nan), where=counts > 0)


def selective(class_images: Int[np.ndarray, " classes"]) -> float:
    """Return half a deviation, or three standard errors where classes have so few images that more is chance."""
    present = class_images[class_images > 0]
    return max(SELECTIVE, 3.0 / float(np.median(present)) ** 0.5) if present.size else SELECTIVE
