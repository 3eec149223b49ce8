"""Fixtures for the text plugins."""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import struct
import threading

import pytest
from genbench_text.datasets.moby_dick import moby_dick


@pytest.fixture(scope="session")
def sentences():
    """Real English, in the order of the novel: different sentences of 20 to 150 characters."""
    return moby_dick(longest=150).samples.data


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    """The folder of a language model with random weights, byte-level tokens and a context of 32."""
    import tokenizers
    import torch
    import transformers

    letters = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokens = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokens.pre_tokenizer, tokens.decoder = letters, tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=letters.alphabet(),
        show_progress=False,
    )
    tokens.train_from_iterator(["the cat sat on the mat, and then the other cat sat there"] * 9, trainer)
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=tokens)
    tokenizer.add_special_tokens({"bos_token": "<s>", "eos_token": "</s>"})
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=1, max_position_embeddings=32, initializer_range=0.5,
        bos_token_id=0, eos_token_id=1,
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = transformers.LlamaForCausalLM(config)
    folder = tmp_path_factory.mktemp("tiny-model")
    tokenizer.save_pretrained(folder)
    network.save_pretrained(folder)
    return folder


class EndpointServer:
    """An HTTP server on this machine that answers as it is told.

    url       its address
    requests  the (path, headers, JSON body) that it got
    replies   what it does with the next requests, the last of them with all others: a handler's functions
    gone      set when the test is over, for replies that wait
    """

    def __init__(self):
        owner, self.requests, self.replies, self.gone = self, [], [self.say({})], threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                owner.requests.append((self.path, dict(self.headers), self.body))
                reply = owner.replies.pop(0) if len(owner.replies) > 1 else owner.replies[0]
                with contextlib.suppress(OSError):  # the client has gone
                    reply(self)

            def log_message(self, *arguments):
                """Print nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    @staticmethod
    def say(content, status=200, *, short_by=0, reason=None, **headers):
        """Reply with a JSON-like value or bytes, of which the last may be missing."""
        content = content if isinstance(content, bytes) else json.dumps(content).encode()

        def reply(handler):
            handler.send_response(status, reason)
            for name, value in ({"Content-Length": len(content)} | headers).items():
                handler.send_header(name.replace("_", "-"), str(value))
            handler.end_headers()
            handler.wfile.write(content[: len(content) - short_by])

        return reply

    @staticmethod
    def reset(handler):
        """Break the connection off without a word."""
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()

    def hang(self, handler):
        """Say nothing, for as long as the test goes on."""
        self.gone.wait()

    def drip(self, handler):
        """Send a byte now and then, without an end."""
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        while not self.gone.wait(0.02):
            handler.wfile.write(b" ")
            handler.wfile.flush()


@pytest.fixture
def endpoint_server():
    """A server that stands for an endpoint."""
    server = EndpointServer()
    thread = threading.Thread(target=server.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.gone.set()
    server.server.shutdown()
    server.server.server_close()
    thread.join()
