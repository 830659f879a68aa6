"""What other programs get: the API by Gradio's own client and by plain HTTP, the tools by a real MCP client."""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, Tool
from served_page import Server
from small_library import write_reports

from qa.answer import ask, hit_to_json
from qa.compare import compare
from qa.permalink import show
from qa.web.api import FILTERS
from qa.workspace import Workspace

CATALOGUE = """[north]
publisher = "Coast Press"
published = "2019-05"

[south]
publisher = "Hill Press"
published = "2021"
"""
VALLEY, DOWNLAND = ("north", "Valley Partnership"), ("south", "Downland Trust")
QUESTION = "What kept theatres open?"
TOOLS = ("ask", "search", "compare", "passage")
Call = Callable[..., Any]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("api")
    reports = write_reports(folder / "reports")
    (reports / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    Workspace(folder / "home").add([reports])
    with Server(folder / "home", ("--mcp",)) as server:
        yield server


@pytest.fixture(scope="module")
def workspace(served: Server) -> Workspace:
    return Workspace(served.home)


@pytest.fixture(scope="module")
def client(served: Server) -> Client:
    return Client(served.address, verbose=False)


@pytest.fixture(params=["API", "MCP"])
def call(request: pytest.FixtureRequest, served: Server, client: Client) -> Call:
    """A function that calls an endpoint by name, with named arguments, as an API client or as an MCP client."""
    if request.param == "API":
        return lambda name, **arguments: client.predict(api_name=f"/{name}", **arguments)

    def tool(name: str, **arguments: Any) -> Any:
        result = call_tool(served, name, arguments)
        text = getattr(result.content[0], "text", "")
        if result.isError:
            raise AppError(text)
        return json.loads(text)

    return tool


async def with_mcp(served: Server, work: Callable[[ClientSession], Any]) -> Any:
    async with streamable_http_client(f"{served.address}/gradio_api/mcp/") as (read, write, _):
        async with ClientSession(read, write) as session:
            await session.initialize()
            return await work(session)


def call_tool(served: Server, name: str, arguments: dict[str, Any]) -> CallToolResult:
    result: CallToolResult = asyncio.run(with_mcp(served, lambda session: session.call_tool(name, arguments)))
    return result


def post(served: Server, path: str, body: Any) -> Any:
    data = json.dumps(body).encode()
    request = urllib.request.Request(f"{served.address}{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def undated(value: dict[str, Any]) -> dict[str, Any]:
    """Return an answer or a comparison as JSON gives it, without the date on which it was made."""
    made = {key: of for key, of in value["produced_by"].items() if key != "date"}
    found: dict[str, Any] = json.loads(json.dumps({**value, "produced_by": made}))
    return found


def test_ask_gives_what_the_command_prints(call: Call, workspace: Workspace) -> None:
    found = call("ask", question=QUESTION)
    assert undated(found) == undated(ask(workspace.searcher(), QUESTION, 5).to_json())
    assert found["status"] == "answered"
    assert found["groups"][0]["name"] == "Harbour Alliance"
    assert "Mutual aid between the hospitals kept theatres open." in found["groups"][0]["quotes"][0]["text"]
    assert {found["groups"][0]["quotes"][0]["citation"]["publisher"]} <= {"Coast Press", "Hill Press"}


def test_search_gives_what_the_command_prints(call: Call, workspace: Workspace) -> None:
    hits = workspace.searcher().search(QUESTION, 2)
    expected = {"question": QUESTION, "passages": [hit_to_json(hit) for hit in hits]}
    assert call("search", question="  What kept\ntheatres open?", top=2) == json.loads(json.dumps(expected))


def test_compare_gives_what_the_command_prints(call: Call, workspace: Workspace) -> None:
    found = call("compare", question=QUESTION)
    assert undated(found) == undated(compare(workspace.searcher(), QUESTION).to_json())
    assert {row["name"]: row["speaks"] for row in found["rows"]}["Harbour Alliance"] is True
    kinds = call("compare", question=QUESTION, by="section-kind", quotes=1)
    assert {row["name"] for row in kinds["rows"]} == {"background", "covid", "challenges", "next steps"}


def test_a_passage_is_given_in_its_context(call: Call, workspace: Workspace) -> None:
    index = workspace.open()
    passage = index.reports["north"].passages[1]
    found = call("passage", passage_id=passage.id, context=2)
    assert found == json.loads(json.dumps(show(index, workspace.home, passage.id, 2).to_json()))
    assert (found["status"], found["text"]) == ("found", passage.text)
    assert [len(found["before"]), len(found["after"])] == [1, 2]


def test_a_passage_that_is_no_more_is_not_found(call: Call) -> None:
    found = call("passage", passage_id="east-0123456789ab")
    assert (found["status"], found["change"]) == ("not found", "unknown")


def test_what_the_reports_do_not_say_is_not_found(call: Call) -> None:
    found = call("ask", question="Which submarine sank beside the opera house?")
    assert (found["status"], found["groups"], found["lead"]) == ("not found", [], "The reports do not say")
    assert {"submarine", "opera"} <= set(found["unknown_words"])
    assert found["passages"] != []


@pytest.mark.parametrize(
    ("filters", "places"),
    [
        ({"reports": ["south"]}, {("south", "Harbour Alliance"), DOWNLAND}),
        ({"reports": ["Working together in the NORTH"], "section_kinds": ["challenges"]}, {VALLEY}),
        ({"publishers": ["hill press"], "section_kinds": ["covid"]}, {("south", "Harbour Alliance")}),
        ({"years": [2021], "section_kinds": ["next steps", "challenges"]}, {DOWNLAND}),
        ({"case_studies": ["Downland Trust", "valley partnership"]}, {DOWNLAND, VALLEY}),
        ({"years": [2019], "publishers": ["Hill Press"]}, set()),
        ({"reports": [], "case_studies": ["Downland Trust"]}, {DOWNLAND}),
    ],
    ids=["report", "title, kind", "publisher, kind", "year, kinds", "case studies", "nothing left", "empty list"],
)
def test_filters_narrow_what_is_asked(call: Call, filters: dict[str, Any], places: set[tuple[str, str]]) -> None:
    for name in ("ask", "search"):
        passages = call(name, question=QUESTION, top=20, **filters)["passages"]
        assert {(p["citation"]["report_id"], p["citation"]["case_study"]) for p in passages} == places
    rows = call("compare", question=QUESTION, **filters)["rows"]
    assert {(row["reports"][0]["report_id"], row["name"]) for row in rows} == places


def test_a_case_study_of_two_reports_is_meant_in_both(call: Call) -> None:
    (hit, *_) = call("search", question=QUESTION, case_studies=["Harbour Alliance"])["passages"]
    assert {hit["citation"]["report_id"], *(also["report_id"] for also in hit["also_in"])} == {"north", "south"}


LIST = "give a list of at most 100 values"
ERRORS: dict[str, tuple[str, dict[str, Any], str]] = {
    "no word": ("ask", {"question": "?!"}, "the question '?!' holds no word; ask in your own words"),
    "empty": ("search", {"question": ""}, "the question '' holds no word; ask in your own words"),
    "too long": (
        "ask",
        {"question": "x" * 1_000_000},
        "the question has 1,000,000 characters; ask in no more than 10,000",
    ),
    "no number": ("search", {"question": "a", "top": 0}, "top is 0; give a whole number from 1 to 200"),
    "too large": ("search", {"question": "a", "top": 10**9}, "top is 1000000000; give a whole number from 1 to 200"),
    "unknown report": (
        "ask",
        {"question": "a", "reports": ["west"]},
        "reports has 'west', which the library does not; it has, among others, 'Working together in the north', "
        "'Lessons from the south'",
    ),
    "unknown year": (
        "ask",
        {"question": "a", "years": [1066]},
        "years has '1066', which the library does not; it has, among others, '2019', '2021'",
    ),
    "long value": (
        "ask",
        {"question": "a", "publishers": ["y" * 2000]},
        "publishers has 'yyyyyyyyyyyy...yyyyyyyyyyyyy'; give a text of 1 to 1,000 characters",
    ),
    "many values": (
        "compare",
        {"question": "a", "section_kinds": ["covid"] * 101},
        f"section_kinds is ['covid', 'covid', 'covid', 'covid', 'covid', 'covid', ...]; {LIST}",
    ),
    "long id": (
        "passage",
        {"passage_id": "z" * 2000},
        "passage_id has 'zzzzzzzzzzzz...zzzzzzzzzzzzz'; give a text of 1 to 1,000 characters",
    ),
    "context": ("passage", {"passage_id": "z", "context": -1}, "context is -1; give a whole number from 0 to 50"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "line"), ERRORS.values(), ids=ERRORS)
def test_what_cannot_be_asked_is_one_line(call: Call, name: str, arguments: dict[str, Any], line: str) -> None:
    with pytest.raises(AppError) as raised:
        call(name, **arguments)
    assert str(raised.value) == line


WRONG_TYPES: dict[str, tuple[str, dict[str, Any], str]] = {
    "question": ("ask", {"question": {"a": 1}}, "the question is {'a': 1}; give a text"),
    "top": ("ask", {"question": "a", "top": "5"}, "top is '5'; give a whole number from 1 to 200"),
    "top true": ("ask", {"question": "a", "top": True}, "top is True; give a whole number from 1 to 200"),
    "reports": ("ask", {"question": "a", "reports": "north"}, f"reports is 'north'; {LIST}"),
    "one report": ("ask", {"question": "a", "reports": [7]}, "reports has 7; give a text of 1 to 1,000 characters"),
    "years": ("ask", {"question": "a", "years": 2019}, f"years is 2019; {LIST}"),
    "by": ("compare", {"question": "a", "by": ["x"]}, "by is ['x']; give one of: case-study, section-kind"),
    "passage": ("passage", {"passage_id": None}, "passage_id has None; give a text of 1 to 1,000 characters"),
}


@pytest.mark.parametrize(("name", "arguments", "line"), WRONG_TYPES.values(), ids=WRONG_TYPES)
def test_a_value_of_the_wrong_type_is_one_line(
    client: Client, served: Server, name: str, arguments: dict[str, Any], line: str
) -> None:
    with pytest.raises(AppError) as raised:
        client.predict(api_name=f"/{name}", **arguments)
    assert str(raised.value) == line
    assert call_tool(served, name, arguments).isError  # MCP's own check comes first


def test_a_lone_surrogate_does_no_harm(served: Server) -> None:
    (found,) = post(served, "/gradio_api/run/ask", {"data": ["\ud800 theatres", 5, None, None, None, None, None]})[
        "data"
    ]
    assert found["question"] == "? theatres"
    (found,) = post(served, "/gradio_api/run/passage", {"data": ["\ud800", 1]})["data"]
    assert (found["status"], found["id"]) == ("not found", "?")


def test_plain_http_is_enough(served: Server) -> None:
    event = post(served, "/gradio_api/call/v2/ask", {"question": QUESTION})["event_id"]
    with urllib.request.urlopen(f"{served.address}/gradio_api/call/v2/ask/{event}") as stream:
        lines = stream.read().decode().splitlines()
    assert lines[0] == "event: complete"
    assert json.loads(lines[1].removeprefix("data: "))[0]["status"] == "answered"
    with pytest.raises(urllib.error.HTTPError) as raised:
        post(served, "/gradio_api/run/ask", {"data": ["?!", 5, None, None, None, None, None]})
    assert json.load(raised.value)["error"] == "the question '?!' holds no word; ask in your own words"


def test_nothing_but_the_four_endpoints_is_offered(served: Server, client: Client) -> None:
    info = client.view_api(return_format="dict", print_info=False)
    assert isinstance(info, dict)
    assert (set(info["named_endpoints"]), info["unnamed_endpoints"]) == ({f"/{name}" for name in TOOLS}, {})
    listed = asyncio.run(with_mcp(served, lambda session: session.list_tools()))
    assert tuple(tool.name for tool in listed.tools) == TOOLS


def test_every_tool_and_argument_is_described(served: Server) -> None:
    tools: dict[str, Tool] = {
        tool.name: tool for tool in asyncio.run(with_mcp(served, lambda session: session.list_tools())).tools
    }
    described = [value for tool in tools.values() for value in tool.inputSchema["properties"].values()]
    assert all(value.get("description") for value in described)
    assert all("FILTERS" not in json.dumps(tool.model_dump()) for tool in tools.values())
    assert (tools["ask"].description or "").startswith(
        "Answer a question from the library's reports with verbatim quotes"
    )
    assert tools["ask"].inputSchema["required"] == ["question"]
    assert tools["ask"].inputSchema["properties"]["top"] == {
        "type": "integer",
        "default": 5,
        "description": "How many passages to give beside the quotes, best first, at most 200.",
    }
    assert tools["compare"].inputSchema["properties"]["by"]["enum"] == ["case-study", "section-kind"]
    filters = [line.partition(":")[0].strip() for line in FILTERS.splitlines()]
    for name in ("ask", "search", "compare"):
        assert list(tools[name].inputSchema["properties"])[-5:] == filters


def test_the_address_for_mcp_clients_is_printed(served: Server) -> None:
    assert served.first_line == f"casebook is open at {served.address} (Ctrl-C stops it)\n"
    assert served.output.readline() == f"MCP clients connect to {served.address}/gradio_api/mcp/\n"


def test_no_request_leaves_the_machine(call: Call, served: Server) -> None:
    call("ask", question="Who serves 410,000 people?")
    assert served.recorded("connect") == {"127.0.0.1"}
    assert served.recorded("look up") == {"127.0.0.1"}
    assert served.recorded("import") == set()
