"""The fault suite: real trainings with one injected fault each, and healthy ones, recorded and diagnosed."""
