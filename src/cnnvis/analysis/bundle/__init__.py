"""Bundles of connections that join the same clusters: biclusters (design: bundling)."""

from cnnvis.analysis.bundle.bundle import bundle
from cnnvis.analysis.bundle.bundling import Bicluster, Bundling, Sign, Single
from cnnvis.analysis.bundle.keep import keep

__all__ = ["Bicluster", "Bundling", "Sign", "Single", "bundle", "keep"]
