"""The control APIs through the Python SDK."""

import asyncio
import json
import os
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from airs_cp import AIRSClient, AsyncAIRSClient, ControlError, VerificationFailed
from airs_cp.control.events import split_page
from airs_cp.control.location import find_location
from report import KEY, ask, case, equal, raises, run

folder = Path(tempfile.mkdtemp())
client = AIRSClient(api_key=KEY)


@case
def events_are_found_exactly_as_recorded():
    with client.session() as session:
        exchanges = [ask(client, text).airs for text in ("Grüße", '"],"next":1}', "three")]
    for exchange in exchanges:
        equal(len(exchange.events()), 2)
    found = list(client.airs.events.search(session=session, order="ascending"))
    equal([event.exchange for event in found], [exchange.exchange_id for exchange in exchanges for _ in (0, 1)])
    for event in found:
        equal((json.loads(event.json), client.airs.events.get(event.id).json), (event.event, event.json))
    equal(len(list(client.airs.events.search(session=session, limit=3))), 3)
    blocked = list(client.airs.events.search(session=session, type="airs.request-blocked.v1"))
    equal(blocked, [])
    said = client.airs.sessions.get(session)
    equal([one["exchange"] for one in said.exchanges], [exchange.exchange_id for exchange in exchanges])
    first = client.airs.sessions.get(session, limit=2)
    equal((len(first.exchanges), first.exchange_count), (2, 3))
    assert session in [one.id for one in client.airs.sessions.list(limit=50)]


def list_tools():
    request = urllib.request.Request(
        f"{os.environ['AIRS_ENDPOINT']}/mcp/helpdesk",
        data=b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
        headers={"content-type": "application/json", "accept": "application/json, text/event-stream"},
    )
    with urllib.request.urlopen(request) as response:
        return [tool["name"] for tool in json.load(response)["result"]["tools"]]


def until(find):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if found := find():
            return found
        time.sleep(0.05)
    raise AssertionError("it never came")


@case
def tools_of_mcp_servers_are_approved_and_refused():
    equal(list_tools(), ["echo"])
    tool = until(lambda: next(iter(client.airs.mcp.tools("helpdesk")), None))
    equal((tool["tool"], tool["state"], tool["found"]), ("echo", "pinned", tool["expected"]))
    equal(client.airs.mcp.refuse("helpdesk", "echo", reason="a test")["state"], "refused")
    equal(list_tools(), [])
    equal(client.airs.mcp.servers()[0]["refused"], 1)
    equal(client.airs.mcp.approve("helpdesk", "echo", sha256=tool["found"])["state"], "pinned")
    equal(list_tools(), ["echo"])
    until(lambda: len(list(client.airs.mcp.calls("helpdesk"))) >= 3)
    equal(len(list(client.airs.mcp.calls("helpdesk", limit=2))), 2)
    raises(ControlError, lambda: client.airs.mcp.approve("helpdesk", "nothing"), "No tool nothing")


@case
def pages_are_split_at_any_text():
    for events in ([], ['{"a":"]}"}'], ['{"a":1}', '{"b":"\\u00e9,\\"{"}']):
        for following in (None, 7):
            page = f'{{"events":[{",".join(events)}],"next":{json.dumps(following)}}}'
            found, next_ = split_page(page)
            equal(([event.json for event in found], next_), (events, following))


@case
def an_export_is_waited_for_fetched_and_verified():
    seen = []
    export = client.airs.exports.create("events", format="jsonl", from_="2024-01-01").wait(progress=seen.append)
    equal((seen[-1].state, seen[-1].percent, export.job.state), ("completed", 100, "completed"))
    path = export.download(folder / "events.jsonl")
    lines = path.read_bytes().splitlines()
    equal(len(lines), export.job.progress.rows)
    assert all(json.loads(line)["specversion"] == "1.0" for line in lines)
    verified = client.airs.verify(path)
    equal(
        (verified.manifest.export_id, verified.rows, verified.sha256, verified.checked),
        (export.id, len(lines), export.job.sha256, "rows"),
    )
    equal((verified.manifest, sum(verified.manifest.counts.values())), (export.manifest(), len(lines)))
    equal(client.airs.exports.identify(path).id, export.id)
    assert export.id in [one.id for one in client.airs.exports.list(10)]
    changed = folder / "changed.jsonl"
    changed.write_bytes(path.read_bytes().replace(b'"1.0"', b'"1.1"', 1))
    manifest = f"{path}.manifest.json"
    raises(VerificationFailed, lambda: client.airs.verify(changed, manifest=manifest), "SHA-256")
    raises(VerificationFailed, lambda: client.airs.verify(changed), "There is no manifest")
    raises(VerificationFailed, lambda: client.airs.exports.identify(changed), "is none of the exports")
    away = AIRSClient(api_key=KEY, airs_url="http://127.0.0.1:1")
    equal(away.airs.verify(path), verified)


@case
def a_compressed_export_is_verified_too():
    for compression in ("gzip", "zstd"):
        export = client.airs.exports.create(from_="2024-01-01", compression=compression).wait()
        verified = client.airs.verify(export.download(folder / f"events.{compression}"))
        equal((verified.rows, verified.checked), (export.job.progress.rows, "rows" if compression == "gzip" or sys.version_info >= (3, 14) else "file"))


@case
def a_download_goes_on_where_an_earlier_one_stopped():
    export = client.airs.exports.create(from_="2024-01-01").wait()
    whole = export.download(folder / "whole.jsonl").read_bytes()
    (folder / "resumed.jsonl.part").write_bytes(whole[: len(whole) // 2])
    equal(export.download(folder / "resumed.jsonl").read_bytes(), whole)
    (folder / "wrong.jsonl.part").write_bytes(b"x" * 100)
    raises(VerificationFailed, lambda: export.download(folder / "wrong.jsonl"), "SHA-256")
    equal(sorted(path.name for path in folder.glob("wrong*")), [])


@case
async def the_asynchronous_client_has_the_same():
    async with AsyncAIRSClient(api_key=KEY) as client:
        with client.session() as session:
            exchange = (await ask(client, "write to ann@example.com")).airs
        equal([finding.type for finding in await exchange.findings()], ["EMAIL"])
        equal(len([event async for event in client.airs.events.search(session=session)]), 2)
        equal((await client.airs.sessions.get(session)).id, session)
        assert [one async for one in client.airs.sessions.list(limit=1)]
        equal([one["name"] for one in await client.airs.mcp.servers()], ["helpdesk"])
        assert [one async for one in client.airs.mcp.calls("helpdesk", limit=1)]
        seen = []
        export = await (await client.airs.exports.create(from_="2024-01-01")).wait(progress=seen.append)
        path = await export.download(folder / "asynchronous.jsonl")
        equal((await client.airs.verify(path)).manifest, await export.manifest())
        equal((await client.airs.exports.identify(path)).id, export.id)
        equal(seen[-1].state, "completed")


@case
def errors_say_what_to_do():
    stranger = AIRSClient(api_key=KEY, airs_token="wrong")
    equal(raises(ControlError, lambda: stranger.airs.exports.list()).status, 401)
    away = AIRSClient(api_key=KEY, airs_url="http://127.0.0.1:1")
    equal(raises(ControlError, lambda: away.airs.exports.list(), "Cannot reach").code, "unreachable")
    elsewhere = AIRSClient(api_key=KEY, airs_url=os.environ["AIRS_TEST_PROVIDER"])
    equal(raises(ControlError, lambda: elsewhere.airs.exports.list(), "AIRS_URL").code, "not_airs")
    equal(raises(ControlError, lambda: client.airs.exports.create("nonsense")).status, 400)


@case
def address_and_token_are_found_as_the_command_finds_them():
    kept = {name: os.environ.pop(name) for name in ("AIRS_URL", "AIRS_TOKEN")}
    home = folder / "home" / "airs"
    home.mkdir(parents=True)
    data = folder / "data"
    data.mkdir()
    os.environ |= {"XDG_CONFIG_HOME": str(home.parent), "AIRS_DATA_DIR": str(data)}
    try:
        equal(vars(find_location(None, None)), {"url": "http://localhost:8090", "token": None})
        (data / "token").write_text("of-stack\n")
        (data / "running.json").write_text(json.dumps({"pid": os.getpid(), "address": "http://127.0.0.1:9"}))
        equal(vars(find_location(None, None)), {"url": "http://127.0.0.1:9", "token": "of-stack"})
        equal(find_location("https://airs.example", None).token, None)
        (home / "config.json").write_text('{"url": "https://airs.example/", "token": "of-file"}')
        equal(vars(find_location(None, None)), {"url": "https://airs.example", "token": "of-file"})
        equal(find_location("http://localhost:1", None).token, "of-stack")
        os.environ["AIRS_TOKEN"] = "of-environment"
        equal(find_location(None, None).token, "of-environment")
        equal(find_location(None, "given").token, "given")
        raises(ValueError, lambda: find_location("airs.example", None), "is not an address")
    finally:
        os.environ |= kept


run()
