import socket

import pytest

from sales_mgmt.runtime.launch import Options, usable_port
from sales_mgmt.runtime.port import first_free, free_port, is_free
from sales_mgmt.runtime.step import StepFailed


def test_taken_port_is_not_free_and_the_next_one_is_used(capsys):
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = stranger.getsockname()[1]

        assert not is_free(taken)
        used = usable_port(Options("127.0.0.1", taken, with_sample=False))

    assert used > taken
    assert f"port {taken} is reserved or taken by another program, using {used}" in (
        capsys.readouterr().out
    )


def test_free_port_is_used_without_a_word(capsys):
    wanted = free_port()

    assert usable_port(Options("127.0.0.1", wanted, with_sample=False)) == wanted
    assert capsys.readouterr().out == ""


def test_port_that_just_lost_its_server_can_be_used_again():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        socket.create_connection(("127.0.0.1", port)).close()

    assert first_free(port, "127.0.0.1") == port


def test_host_that_is_not_ours_is_refused_with_a_remedy():
    with pytest.raises(StepFailed, match=r"192\.0\.2\.1 is no address of this machine"):
        usable_port(Options("192.0.2.1", 8000, with_sample=False))
