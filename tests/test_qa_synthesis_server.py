"""A language model's server over real HTTP: one that answers, badly, slowly, without end, or not at all."""

import time

import pytest
from llm_server import (
    LlmServer,
    Reply,
    drips,
    endless,
    free_port,
    hangs,
    hangs_up,
    hangs_up_in_the_middle,
    says,
    sends,
)

from qa.language_model import MAX_REPLY_BYTES, LanguageModelError, Server, complete

ASKED = [{"role": "user", "content": "What helped?"}]

BROKEN: dict[str, tuple[Reply, str]] = {
    "an error": (sends(b"<h1>Oops</h1>", 500), "answered HTTP 500; "),
    "an error with its reason": (
        sends(b'{"error": {"message": "no model\\n\\u001b[1m here"}}', 404),
        "404 (no model [1m here)",
    ),
    "an error that repeats the key": (sends(b'{"error": {"message": "bad key sk-secret"}}', 401), "401 (bad key ...)"),
    "an error of another shape": (sends(b'{"error": "bad"}', 400), "answered HTTP 400; "),
    "a redirect": (sends(b"", 302, Location="http://127.0.0.1:9/elsewhere"), "answered HTTP 302; "),
    "no JSON": (sends(b"{'choices'"), "did not answer in JSON"),
    "no text": (sends(b"\xff\xfe\xfa"), "did not answer in JSON"),
    "deep JSON": (sends(b"[" * 200_000), "did not answer in JSON"),
    "compressed": (sends(b"\x1f\x8b\x08\x00", Content_Encoding="gzip"), "did not answer in JSON"),
    "another shape": (sends(b'{"choices": []}'), "left out choices[0].message.content"),
    "a list": (sends(b"[1]"), "left out choices[0].message.content"),
    "no string": (says(["They lent [Q1]."]), "left out choices[0].message.content"),
    "null": (says(None), "left out choices[0].message.content"),
    "emptiness": (says(" \n"), "answered with nothing"),
    "too much": (says("x" * MAX_REPLY_BYTES), "sent over 256,000 bytes"),
    "an endless body": (endless, "sent over 256,000 bytes"),
    "silence": (hangs, "did not answer within 0.5 seconds"),
    "endless headers": (drips, "did not answer within 0.5 seconds"),
    "a closed connection": (hangs_up, "cannot be reached (Server disconnected without sending a response.)"),
    "less than it said": (hangs_up_in_the_middle, "cannot be reached (peer closed connection"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_goes_wrong_is_one_line_with_the_address_and_without_the_key(name: str) -> None:
    reply, problem = BROKEN[name]
    start = time.perf_counter()
    with LlmServer(reply) as server, pytest.raises(LanguageModelError) as raised:
        complete(Server(server.url, "tiny", "sk-secret", timeout=0.5 if "within" in problem else 30), ASKED)
    message = str(raised.value)
    assert message.startswith(f"the language model at {server.url}/chat/completions ")
    assert problem in message
    assert message.endswith("; the quotes stand alone")
    assert ("\n" in message, "sk-secret" in message, len(server.requests)) == (False, False, 1)
    assert time.perf_counter() - start < 30


def test_a_model_that_answers_is_heard_in_full() -> None:
    content = "“Aid” helped – twice.\n[Q1]"
    with LlmServer(says(content)) as server:
        assert complete(Server(server.url, "tiny"), ASKED) == content
    assert server.requests[0].body["messages"] == ASKED
    assert "authorization" not in server.requests[0].headers


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nobody_there_is_an_error(scheme: str) -> None:
    with pytest.raises(LanguageModelError, match=r"cannot be reached \(All connection attempts failed\)"):
        complete(Server(f"{scheme}://127.0.0.1:{free_port()}/v1", "tiny"), ASKED)


def test_a_server_that_does_not_encrypt_gets_nothing_where_that_is_asked_for() -> None:
    with LlmServer(says("Aid [Q1].")) as server, pytest.raises(LanguageModelError, match=r"cannot be reached \(\[SSL"):
        complete(Server(server.url.replace("http:", "https:"), "tiny", "sk-secret"), ASKED)
    assert server.requests == []


def test_a_redirect_gets_nothing() -> None:
    with LlmServer(says("Aid [Q1].")) as other:
        redirect = sends(b"", 307, Location=f"{other.url}/chat/completions")
        with LlmServer(redirect) as server, pytest.raises(LanguageModelError, match="HTTP 307"):
            complete(Server(server.url, "tiny", "sk-secret"), ASKED)
    assert other.requests == []


@pytest.mark.parametrize(
    ("host", "local"),
    [("localhost", True), ("127.3.2.1", True), ("[::1]", True), ("10.0.0.1", False), ("localhost.example.org", False)],
)
def test_only_this_machine_is_local(host: str, local: bool) -> None:
    assert Server(f"http://{host}:11434/v1", "tiny").is_local is local


def test_a_server_never_shows_its_key() -> None:
    assert "sk-secret" not in repr(Server("http://h/v1", "m", "sk-secret"))
    with pytest.raises(LanguageModelError):
        Server("http://h/v1", "m", "")
