"""What is printed at the start: the address to open, on this machine, over SSH and behind proxies."""

import getpass
import shlex
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from cnnvis.serve.base_path import BasePath
from cnnvis.serve.guard import TOKEN_PARAMETER, is_loopback, read_place

TOKEN_VARIABLE = "CNNVIS_TOKEN"  # noqa: S105 - its name
_WILDCARDS = ("0.0.0.0", "::")  # noqa: S104 - naming them, not binding to them
_PROXIES = ("JUPYTERHUB_PUBLIC_URL", "JUPYTERHUB_HOST", "VSCODE_PROXY_URI")
"""Where the environments of hubs and of editors in the browser say by which address they are reached."""
Environment = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a server listens and how it is reached."""

    host: str
    port: int
    base: BasePath = field(default_factory=BasePath)
    token: str | None = None

    def address(self, environment: Environment) -> str:
        """Return the address to open in a browser, with the token."""
        return f"{self._origin(environment)}{self.base.path}/{_query(self.token)}"

    def _origin(self, environment: Environment) -> str:
        if self.base.origin:
            return self.base.origin
        shown = self.host
        if shown in _WILDCARDS:
            # Over SSH the name by which this machine was reached is known to work.
            shown = _ssh(environment)[0] or socket.gethostname()
        return f"http://{f'[{shown}]' if ':' in shown else shown}:{self.port}"

    def announcement(self, environment: Environment) -> str:
        """Return the lines that are printed; a token that the user gave is not repeated in them."""
        shown = self.token
        if shown is not None and environment.get(TOKEN_VARIABLE) == shown:
            shown = f"${TOKEN_VARIABLE}"
        said = Place(host=self.host, port=self.port, base=self.base, token=shown)
        lines = [f"cnnvis is at {said.address(environment)}  (Ctrl-C ends it)"]
        if not self.base.origin:
            lines += said._proxies(environment)
            lines += said._tunnel(environment)
        return "\n".join(lines) + "\n"

    def _proxies(self, environment: Environment) -> Iterator[str]:
        """Say where a hub, or an editor in the browser, shows the page."""
        editor = environment.get("VSCODE_PROXY_URI", "")
        if "{{port}}" in editor:
            yield f"In your editor's browser: {editor.replace('{{port}}', str(self.port))}{_query(self.token)}"
        prefix = environment.get("JUPYTERHUB_SERVICE_PREFIX")
        if prefix:
            public = environment.get("JUPYTERHUB_PUBLIC_URL") or f"your hub's address, then {prefix}"
            yield f"In JupyterHub (with jupyter-server-proxy): {public}proxy/{self.port}/{_query(self.token)}"

    def _tunnel(self, environment: Environment) -> Iterator[str]:
        """Say how a port is forwarded over SSH, where the page cannot be reached otherwise."""
        server, ssh_port = _ssh(environment)
        if not server or not is_loopback(self.host):
            return
        there = f"[{self.host}]" if ":" in self.host else "127.0.0.1" if self.host == "localhost" else self.host
        words = ["ssh", "-N", "-L", f"{self.port}:{there}:{self.port}", *(["-p", ssh_port] if ssh_port != "22" else [])]
        yield "You are on a remote machine. Run this on your own, then open the address there:"
        yield f"  {shlex.join([*words, f'{_user()}@{server}'])}"
        if there != "127.0.0.1":
            yield f"  (the address there: http://127.0.0.1:{self.port}{self.base.path}/{_query(self.token)})"


def hosts_of_proxies(environment: Environment) -> tuple[str, ...]:
    """Return the hosts by which the user's own hub or editor passes requests on."""
    found = (environment.get(name, "").partition("://")[2].partition("/")[0] for name in _PROXIES)
    return tuple(host for host in found if read_place(host) is not None)


def _query(token: str | None) -> str:
    return f"?{TOKEN_PARAMETER}={quote(token, safe='$')}" if token else ""


def _ssh(environment: Environment) -> tuple[str, str]:
    """Return the address and port by which this machine was reached over SSH; empty without SSH."""
    words = environment.get("SSH_CONNECTION", "").split()
    return (words[2], words[3]) if len(words) == 4 else ("", "")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a user without a name, as in some containers
        return "USER"
