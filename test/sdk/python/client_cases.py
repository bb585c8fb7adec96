"""What is the Python client's own."""

import asyncio
import copy
import os
import pickle
import socket
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import openai
from airs_cp import AIRSClient, AsyncAIRSClient, DirectCallWarning
from airs_cp.http import http
from report import GATEWAY, KEY, PROVIDER, ask, case, equal, raises, run

DIRECT = {"on_gateway_error": "direct", "provider_base_url": f"{PROVIDER}/v1"}


@case
def the_endpoint_comes_from_the_environment_and_OPENAI_BASE_URL_has_no_say():
    os.environ["OPENAI_BASE_URL"] = "http://127.0.0.1:1/v1"
    try:
        equal(str(AIRSClient(api_key=KEY).base_url), f"{GATEWAY}/v1/")
    finally:
        del os.environ["OPENAI_BASE_URL"]
    for endpoint in ("http://gateway:1/", "http://gateway:1/v1", "http://gateway:1/v1/"):
        equal(str(AIRSClient(api_key=KEY, airs_endpoint=endpoint).base_url), "http://gateway:1/v1/")
    del os.environ["AIRS_ENDPOINT"]
    try:
        equal(str(AIRSClient(api_key=KEY).base_url), "http://localhost:8080/v1/")
    finally:
        os.environ["AIRS_ENDPOINT"] = GATEWAY
    raises(ValueError, lambda: AIRSClient(api_key=KEY, airs_endpoint="gateway"), "is not an address")


@case
def wrong_options_are_refused_with_what_to_do():
    raises(ValueError, lambda: AIRSClient(api_key=KEY, on_gateway_error="ignore"), "neither")
    raises(ValueError, lambda: AIRSClient(api_key=KEY, provider="https://x.example"), "not a provider's name")
    raises(openai.OpenAIError, lambda: AIRSClient(api_key=KEY, provider="groq", on_gateway_error="direct"), "provider_base_url")
    raises(TypeError, lambda: AIRSClient(api_key=KEY, tags="support"), "must be a list")
    raises(TypeError, lambda: AIRSClient(api_key=KEY, nonsense=1))
    raises(openai.OpenAIError, AIRSClient, "OPENAI_API_KEY")


@case
def it_is_the_wrapped_client_and_so_are_its_answers():
    client = AIRSClient(api_key=KEY)
    assert isinstance(client, openai.OpenAI) and isinstance(AsyncAIRSClient(api_key=KEY), openai.AsyncOpenAI)
    answer = ask(client)
    equal(type(answer), openai.types.chat.ChatCompletion)
    assert "airs" not in answer.model_dump() and "airs" not in repr(answer)
    equal(copy.deepcopy(answer), answer)
    restored = pickle.loads(pickle.dumps(answer))
    equal((restored, restored.airs.exchange_id), (answer, answer.airs.exchange_id))
    raises(openai.OpenAIError, lambda: restored.airs.findings(), "pickle")
    with client.chat.completions.with_streaming_response.create(
        model="gpt-4", messages=[{"role": "user", "content": "Hello"}], session_id="streamed"
    ) as response:
        equal((response.airs.session_id, response.parse().choices[0].message.content), ("streamed", "Hello"))
    api_key = KEY if openai.__version__ < "1.107" else lambda: KEY
    with AIRSClient(api_key=api_key, http_client=http.Client()) as own:
        equal(ask(own.with_options(timeout=30)).choices[0].message.content, "Hello")


@case
def a_plain_client_beside_it_is_left_alone():
    plain = openai.OpenAI(api_key=KEY, base_url=f"{PROVIDER}/v1")
    assert not hasattr(ask(plain), "airs")
    raises(TypeError, lambda: ask(plain, session_id="x"))


@case
def threads_and_other_clients_have_sessions_of_their_own():
    client, other = AIRSClient(api_key=KEY), AIRSClient(api_key=KEY)
    barrier = threading.Barrier(4)

    def work(number):
        with client.session(f"thread-{number}"):
            barrier.wait()
            return ask(client).airs.session_id

    with ThreadPoolExecutor(4) as pool:
        equal(list(pool.map(work, range(4))), [f"thread-{number}" for number in range(4)])
    with client.session("mine"):
        assert ask(other).airs.session_id != "mine"
    with client.session() as minted:
        equal(ask(client).airs.session_id, minted)
    assert ask(client).airs.session_id not in ("mine", minted)


@case
async def tasks_have_sessions_of_their_own():
    async with AsyncAIRSClient(api_key=KEY) as client:

        async def work(number):
            with client.session(f"task-{number}"):
                await asyncio.sleep(0)
                return (await ask(client)).airs.session_id

        equal(await asyncio.gather(*map(work, range(4))), [f"task-{number}" for number in range(4)])


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = b'{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[]}'
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@case
def a_gateway_that_goes_away_between_calls_is_gone_around():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = AIRSClient(api_key=KEY, airs_endpoint=f"http://127.0.0.1:{server.server_port}", **DIRECT)
    equal((ask(client).choices, client.airs.direct_calls), ([], 0))
    server.shutdown()
    server.server_close()
    client._client.close()
    client = client.with_options(http_client=http.Client())
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        equal(ask(client).choices[0].message.content, "Hello")
    equal([one.category for one in warned if one.category is DirectCallWarning], [DirectCallWarning])
    equal(client.airs.direct_calls, 1)


@case
def what_has_been_sent_is_never_sent_again_elsewhere():
    """A gateway that took the request and broke the connection may have passed it on."""
    listener = socket.create_server(("127.0.0.1", 0))

    def take_and_drop():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.recv(65536)
            connection.close()

    threading.Thread(target=take_and_drop, daemon=True).start()
    port = listener.getsockname()[1]
    client = AIRSClient(api_key=KEY, airs_endpoint=f"http://127.0.0.1:{port}", max_retries=1, **DIRECT)
    raises(openai.APIConnectionError, lambda: ask(client))
    equal(client.airs.direct_calls, 0)
    listener.close()


run()
