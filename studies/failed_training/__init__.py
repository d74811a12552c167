"""A training that fails, is diagnosed by `cnnvis check`, mended as the finding says, and converges."""
