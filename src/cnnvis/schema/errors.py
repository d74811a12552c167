"""Every error a user can meet, as one small tree of sentences that end in a remedy."""


class CnnvisError(Exception):
    """A mistake that the user can mend: what came, what is allowed, and what to do.

    Args:
        message: One sentence: the parameter or file, what came, what is allowed, where in the model.
        remedy: One sentence in the imperative that says what to do; empty when nothing can be done.
        details: Lines for whoever wants all of what the message shortens; the command line prints them below it.

    """

    def __init__(self, message: str, remedy: str = "", *, details: tuple[str, ...] = ()) -> None:
        # What another program said may stand at the end, with a full stop or without.
        ended = message if not remedy or message.endswith((".", "!", "?")) else f"{message}."
        super().__init__(f"{ended} {remedy}".strip())
        self.message = ended
        self.remedy = remedy
        self.details = details


class ModelError(CnnvisError):
    """The model cannot be found, built, run or traced."""


class CheckpointError(CnnvisError):
    """The checkpoint cannot be read, or belongs to another network."""


class DataError(CnnvisError):
    """The data cannot be found or read, or does not fit the model."""


class RunError(CnnvisError):
    """The run folder is missing, truncated, of a newer version, or cannot be written."""


class LockedError(RunError):
    """Another process has been writing to the run for too long."""


class AbsentError(RunError):
    """The run is whole, but holds nothing of the kind that was asked for."""


class EditError(CnnvisError):
    """The edit does not fit the clusters as they are now."""


class ServeError(CnnvisError):
    """The page cannot be served, for example because the port is taken."""


class MissingPackageError(CnnvisError):
    """An optional package is needed for what was asked."""
