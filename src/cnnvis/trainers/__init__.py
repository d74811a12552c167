"""The recorder as a callback of trainers that own the loop: Lightning and Hugging Face."""
