"""All addresses of the server; one file per noun."""

from cnnvis.serve.address import Address
from cnnvis.serve.addresses.connections import CONNECTIONS
from cnnvis.serve.addresses.contrast import CONTRAST
from cnnvis.serve.addresses.edits import EDITS
from cnnvis.serve.addresses.given import GIVEN
from cnnvis.serve.addresses.images import IMAGES
from cnnvis.serve.addresses.picture import PICTURE
from cnnvis.serve.addresses.runs import RUNS
from cnnvis.serve.addresses.tables import TABLES
from cnnvis.serve.addresses.training import TRAINING
from cnnvis.serve.addresses.worker import WORKER

ADDRESSES: tuple[Address, ...] = (
    *RUNS,
    *PICTURE,
    *CONNECTIONS,
    *CONTRAST,
    *IMAGES,
    *EDITS,
    *TABLES,
    *TRAINING,
    *WORKER,
    *GIVEN,
)

__all__ = ["ADDRESSES"]
