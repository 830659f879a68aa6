"""A language model behind any OpenAI-compatible server: one request over HTTP, one reply bounded in time and size.

Nothing here is used unless a user names a server.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from ssl import create_default_context
from urllib.parse import urlsplit

from corpus.errors import CasebookError, one_line

MAX_REPLY_BYTES = 256_000
"""A longer reply is not read to its end; a few sentences take about 2,000 bytes."""


class LanguageModelError(CasebookError):
    """A language model's server is named wrongly, cannot be reached, or does not give what was asked of it."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a language model answers: ``url`` is what stands before ``/chat/completions``, as in
    ``http://localhost:11434/v1``. ``timeout`` bounds the whole exchange, in seconds.

    Raises LanguageModelError for an address that is not http(s), or that holds credentials or a query; for a model
    without a name; and for a key that no HTTP header can carry. No message repeats a key.
    """

    url: str
    model: str
    key: str | None = field(default=None, repr=False)
    timeout: float = 60.0

    def __post_init__(self) -> None:
        if "@" in self.url or "?" in self.url or "#" in self.url:
            raise LanguageModelError(
                "the language model's address holds a user, a password or a query",
                "give scheme, host, port and path alone, and a key with --llm-key-env",
            )
        try:
            parts = urlsplit(self.url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable or any(not character.isprintable() or character.isspace() for character in self.url):
            raise LanguageModelError(
                f"{self.url!r} is no address of a language model", "give one such as http://localhost:11434/v1"
            )
        if not self.model.strip() or not self.model.isprintable():
            raise LanguageModelError(f"{self.model!r} is no name of a model", "give the name that the server knows")
        if self.key is not None and not (self.key.isascii() and self.key.isprintable() and self.key.strip()):
            raise LanguageModelError("the language model's key is empty or no ASCII text", "look at what was stored")

    @property
    def host(self) -> str:
        """The name or number of the machine that the quotes are sent to."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_local(self) -> bool:
        """Whether the server is this machine, by its address."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def complete(server: Server, messages: Sequence[dict[str, str]]) -> str:
    """Return what the server's model says to chat ``messages``, at temperature 0.

    No redirect is followed and no proxy or netrc file used: the request goes to ``server`` or nowhere. Certificates
    are those of the operating system. Not to be called inside an event loop. Raises LanguageModelError for everything
    that goes wrong.
    """
    import httpx

    try:
        status, body = asyncio.run(_post(server, messages))
    except TimeoutError:
        raise _failure(
            server, f"did not answer within {server.timeout:g} seconds", "wait longer with --llm-timeout"
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise _failure(server, f"cannot be reached ({error or type(error).__name__})", "check that it runs") from error
    if status != 200:
        raise _failure(
            server, f"answered HTTP {status}{_reason(body, server)}", "check its address and the model's name"
        )
    if len(body) > MAX_REPLY_BYTES:
        raise _failure(server, f"sent over {MAX_REPLY_BYTES:,} bytes", "check that it is a chat server")
    return _content(body, server)


async def _post(server: Server, messages: Sequence[dict[str, str]]) -> tuple[int, bytes]:
    """Return the status and the first ``MAX_REPLY_BYTES`` and a little of the body."""
    import httpx

    request = {"model": server.model, "messages": list(messages), "temperature": 0, "stream": False}
    headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
    if server.key:
        headers["Authorization"] = f"Bearer {server.key}"
    body = b""
    async with (
        asyncio.timeout(server.timeout),
        httpx.AsyncClient(verify=create_default_context(), timeout=None, trust_env=False) as client,
        client.stream("POST", _address(server), content=json.dumps(request).encode(), headers=headers) as response,
    ):
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_REPLY_BYTES:
                break
    return response.status_code, body


def _address(server: Server) -> str:
    return f"{server.url.rstrip('/')}/chat/completions"


def _content(body: bytes, server: Server) -> str:
    try:
        content = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, RecursionError):
        raise _failure(server, "did not answer in JSON", "check that it is a chat server") from None
    except (KeyError, IndexError, TypeError):
        content = None
    if not isinstance(content, str):
        raise _failure(server, "left out choices[0].message.content", "check that it is OpenAI-compatible")
    if not content.strip():
        raise _failure(server, "answered with nothing", "try another model")
    return content


def _reason(body: bytes, server: Server) -> str:
    """Return what the server says went wrong, in the form that OpenAI gave it, less the key if it repeats it."""
    try:
        reason = str(json.loads(body)["error"]["message"])
    except (ValueError, RecursionError, LookupError, TypeError):
        return ""
    return f" ({one_line(reason.replace(server.key, '...') if server.key else reason, 150)})"


def _failure(server: Server, problem: str, remedy: str) -> LanguageModelError:
    return LanguageModelError(
        f"the language model at {_address(server)} {problem}", f"{remedy}; the quotes stand alone"
    )
