"""What is printed at the start: right on this machine, over SSH, and behind proxies."""

import pytest

from cnnvis.serve import announce
from cnnvis.serve.announce import Place, hosts_of_proxies
from cnnvis.serve.base_path import read_base_path

SSH = {"SSH_CONNECTION": "192.0.2.1 5 192.0.2.9 22"}


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announce.getpass, "getuser", lambda: "ada")
    monkeypatch.setattr(announce.socket, "gethostname", lambda: "box")


def place(host: str = "127.0.0.1", base: str = "", token: str | None = None) -> Place:
    return Place(host=host, port=8750, base=read_base_path(base, 8750), token=token)


@pytest.mark.parametrize(
    ("host", "token", "address"),
    [
        ("127.0.0.1", None, "http://127.0.0.1:8750/"),
        ("127.1.2.3", None, "http://127.1.2.3:8750/"),
        ("localhost", None, "http://localhost:8750/"),
        ("::1", None, "http://[::1]:8750/"),
        ("192.0.2.7", "abc", "http://192.0.2.7:8750/?cnnvis-token=abc"),
        ("2001:db8::1", "a b&c", "http://[2001:db8::1]:8750/?cnnvis-token=a%20b%26c"),
        ("0.0.0.0", "abc", "http://box:8750/?cnnvis-token=abc"),
        ("::", "abc", "http://box:8750/?cnnvis-token=abc"),
    ],
)
def test_the_address_leads_to_where_the_server_listens(host: str, token: str | None, address: str) -> None:
    assert place(host, token=token).address({}) == address


def test_on_this_machine_one_line_is_printed() -> None:
    assert place().announcement({}) == "cnnvis is at http://127.0.0.1:8750/  (Ctrl-C ends it)\n"


def test_over_ssh_the_forwarding_line_is_printed() -> None:
    assert place(token="abc").announcement(SSH).splitlines() == [
        "cnnvis is at http://127.0.0.1:8750/?cnnvis-token=abc  (Ctrl-C ends it)",
        "You are on a remote machine. Run this on your own, then open the address there:",
        "  ssh -N -L 8750:127.0.0.1:8750 ada@192.0.2.9",
    ]
    other = {"SSH_CONNECTION": "192.0.2.1 5 2001:db8::9 2222"}
    assert "ssh -N -L 8750:127.0.0.1:8750 -p 2222 ada@2001:db8::9" in place("localhost").announcement(other)
    ipv6 = place("::1").announcement(SSH)
    assert "-L '8750:[::1]:8750'" in ipv6
    assert "the address there: http://127.0.0.1:8750/" in ipv6


def test_over_ssh_an_open_server_is_named_as_it_was_reached() -> None:
    said = place("0.0.0.0", token="abc").announcement(SSH)
    assert said == "cnnvis is at http://192.0.2.9:8750/?cnnvis-token=abc  (Ctrl-C ends it)\n"


def test_a_user_without_a_name_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("uid")

    monkeypatch.setattr(announce.getpass, "getuser", nobody)
    assert "USER@192.0.2.9" in place().announcement(SSH)


def test_a_token_from_the_environment_is_not_printed() -> None:
    said = place("0.0.0.0", token="my-own-long-secret").announcement({"CNNVIS_TOKEN": "my-own-long-secret", **SSH})
    assert "my-own-long-secret" not in said
    assert "/?cnnvis-token=$CNNVIS_TOKEN" in said


def test_behind_a_named_proxy_its_address_is_printed() -> None:
    shown = place(base="https://hub.example.org/user/ada/proxy/{port}/", token="abc")
    assert shown.announcement(SSH) == (
        "cnnvis is at https://hub.example.org/user/ada/proxy/8750/?cnnvis-token=abc  (Ctrl-C ends it)\n"
    )
    assert place(base="/proxy/8750").address({}) == "http://127.0.0.1:8750/proxy/8750/"


def test_hubs_and_editors_in_the_browser_are_recognised() -> None:
    hub = {"JUPYTERHUB_SERVICE_PREFIX": "/user/ada/"}
    assert "your hub's address, then /user/ada/proxy/8750/" in place().announcement(hub)
    hub["JUPYTERHUB_PUBLIC_URL"] = "https://hub.example.org/user/ada/"
    assert "(with jupyter-server-proxy): https://hub.example.org/user/ada/proxy/8750/" in place().announcement(hub)
    editor = {"VSCODE_PROXY_URI": "https://code.example.org/proxy/{{port}}/"}
    assert "In your editor's browser: https://code.example.org/proxy/8750/" in place().announcement(editor)
    assert "proxy" not in place(base="https://a/b").announcement(hub)


def test_hosts_of_hubs_and_editors_are_known() -> None:
    assert hosts_of_proxies({}) == ()
    environment = {
        "JUPYTERHUB_PUBLIC_URL": "https://hub.example.org/user/ada/",
        "VSCODE_PROXY_URI": "./proxy/{{port}}",
        "JUPYTERHUB_HOST": "",
    }
    assert hosts_of_proxies(environment) == ("hub.example.org",)
    assert hosts_of_proxies({"VSCODE_PROXY_URI": "https://{{port}}.code.example.org/"}) == ()
