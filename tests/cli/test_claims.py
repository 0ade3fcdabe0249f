import os
import socket
from pathlib import Path

import pytest

from forex_elite.cli import claims
from forex_elite.cli.claims import AlreadyRunning, PortTaken


def test_a_taken_port_is_refused_and_says_who_has_it_and_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]

        with pytest.raises(PortTaken) as refused:
            claims.port("127.0.0.1", number)

    assert f"Port {number} is taken" in refused.value.message
    assert f"(process {os.getpid()})" in refused.value.message
    assert f"PORT={number + 1}" in refused.value.message


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(PortTaken, match="Cannot listen on 192"):
        claims.port("192.0.2.1", 0)


def test_a_port_is_free_again_right_after_its_connections_were_closed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        with socket.create_connection(("127.0.0.1", number)) as client:
            served, _ = other.accept()
            served.close()
            client.recv(1)

    claims.port("127.0.0.1", number).close()


def test_one_data_folder_serves_one_server(tmp_path: Path) -> None:
    with (
        claims.data_folder(tmp_path / "home", "http://localhost:3000"),
        pytest.raises(AlreadyRunning, match="http://localhost:3000"),
        claims.data_folder(tmp_path / "home", "http://localhost:3001"),
    ):
        pass

    with claims.data_folder(tmp_path / "home", "http://localhost:3001"):
        assert (tmp_path / "home" / "server.lock").read_text() == "http://localhost:3001"
