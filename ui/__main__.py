"""Serve the chat: ``python -m ui [--host H] [--port P] [--index INDEX]``."""

from __future__ import annotations

import argparse
import contextlib
import logging
import socket
import sys

import uvicorn

from rag import Assistant, CommandParser, Retriever, ZhengwenError
from ui.app import build_app, serve


class Server(uvicorn.Server):
    """A uvicorn server that says in Chinese where it is, once it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the address."""
        await super().startup(sockets)
        if self.started:
            host = f"[{self.config.host}]" if ":" in self.config.host else self.config.host
            print(f"政问已就绪：http://{host}:{self.config.port}/ （按 Ctrl+C 结束）", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; that an open page's event streams are cut is no error to report."""
        logging.getLogger("uvicorn.error").disabled = True
        await super().shutdown(sockets)


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; 0 at the end, 1 with one line on stderr if it can't start."""
    args = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    # The port comes first: whether it is free is known at once, loading the model takes seconds.
    family = socket.AF_INET6 if ":" in args.host else socket.AF_INET
    try:
        listener = socket.create_server((args.host, args.port), family=family)
    except OSError as error:
        where = f"{args.host}:{args.port}"
        return _fail(f"无法在 {where} 上监听（{error.strerror}）：用 --port 或 --host 换一个")
    with listener, contextlib.suppress(KeyboardInterrupt):
        try:
            assistant = Assistant(Retriever.load(args.index))
        except ZhengwenError as error:
            return _fail(str(error))
        app = serve(build_app(assistant))
        port = listener.getsockname()[1]
        config = uvicorn.Config(app, args.host, port, log_level="warning", timeout_graceful_shutdown=1)
        Server(config).run([listener])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(prog="python -m ui", description="在浏览器里提问，回答附原文出处。")
    parser.add_argument("--host", default="127.0.0.1", help="监听的地址（默认 127.0.0.1，只有本机可用）")
    parser.add_argument("--port", type=_port, default=7860, help="端口（默认 7860；0 为任一空闲端口）")
    parser.add_argument("--index", default=".index", help="索引文件夹（默认 .index）")
    return parser


def _port(value: str) -> int:
    """Read a port number.

    :raises argparse.ArgumentTypeError: for what is none.
    """
    if not (value.isdecimal() and int(value) < 65536):
        raise argparse.ArgumentTypeError(f"端口应为 0 到 65535 的整数，不是 {value!r}")
    return int(value)


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
