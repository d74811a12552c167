"""The nouns of cnnvis: frozen, typed, versioned values that import nothing else of ours."""
