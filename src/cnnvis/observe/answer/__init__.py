"""What a network answers to some images, and how its neurons do."""

from cnnvis.observe.answer.answer import Answered, answer

__all__ = ["Answered", "answer"]
