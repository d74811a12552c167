"""Putting together: run + analyses + the user's edits become a scene.

Only here is it known in which order analyses combine. The modules that draw (`studio` and what it uses) load no
torch; `pipeline` is the one that watches a network, and is imported by the commands that need it.
"""
