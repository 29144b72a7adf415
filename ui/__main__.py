"""Serve the chat: ``python -m ui [--host H] [--port P] [--index INDEX]``.

The documents can be added to, corrected and removed in the chat where it is open to this computer only,
or asks for a password (``--password-file``).
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import socket
import sys
from pathlib import Path

import uvicorn

from rag import CommandParser, Library, Live, NoDocuments, ZhengwenError
from ui.app import build_app, serve
from ui.documents import documents_router
from ui.guard import is_this_computer
from ui.updates import Updates

SHORTEST_PASSWORD = 8  # characters


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
    try:
        password = _password(args.password_file) if args.password_file else None
    except (OSError, ValueError) as error:
        return _fail(f"密码文件 {args.password_file} 不能用：{error}")
    # The port comes first: whether it is free is known at once, loading the model takes seconds.
    family = socket.AF_INET6 if ":" in args.host else socket.AF_INET
    try:
        listener = socket.create_server((args.host, args.port), family=family)
    except OSError as error:
        where = f"{args.host}:{args.port}"
        return _fail(f"无法在 {where} 上监听（{error.strerror}）：用 --port 或 --host 换一个")
    with listener, contextlib.suppress(KeyboardInterrupt):
        try:
            live = Live(args.index, None if args.no_reader else "built-in")
            library = _library(args, live, password)
        except ZhengwenError as error:
            return _fail(str(error))
        routes = documents_router(library, live, Updates(library, live)) if library else None
        app = serve(build_app(live, library), password, routes)
        port = listener.getsockname()[1]
        config = uvicorn.Config(app, args.host, port, log_level="warning", timeout_graceful_shutdown=1)
        Server(config).run([listener])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(prog="python -m ui", description="在浏览器里提问，回答附原文出处。")
    parser.add_argument("--host", default="127.0.0.1", help="监听的地址（默认 127.0.0.1，只有本机可用）")
    parser.add_argument("--port", type=_port, default=7860, help="端口（默认 7860；0 为任一空闲端口）")
    parser.add_argument("--index", default=".index", help="索引文件夹（默认 .index）")
    parser.add_argument("--no-reader", action="store_true", help="不用阅读模型，只靠检索和核对作答")
    parser.add_argument(
        "--documents", type=Path, metavar="DIR", help="文档所在的文件夹（默认是建索引时的那一个）"
    )
    parser.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help="文件的第一行是密码，打开页面时要输入（默认不设）",
    )
    return parser


def _library(args: argparse.Namespace, live: Live, password: str | None) -> Library | None:
    """The documents that may be changed in the chat; None where they may not, or nobody knows where they are."""
    if password is None and not is_this_computer(args.host):
        print("未设密码，文档页已关闭；要在网络上管理文档，请用 --password-file FILE", file=sys.stderr)
        return None
    source = args.documents or live.source
    if source is None or not source.is_dir():
        if args.documents:
            raise NoDocuments(f"{source} 不是文件夹；--documents 应指向文档所在的文件夹")
        print("不知道文档在哪个文件夹，文档页已关闭；用 --documents DIR 指定", file=sys.stderr)
        return None
    return Library(source, Path(args.index))


def _password(file: Path) -> str:
    """Read the first line of a file.

    :raises ValueError: if it is no text or too short.
    """
    password = (file.read_text(encoding="utf-8").splitlines() or [""])[0].strip()
    if len(password) < SHORTEST_PASSWORD:
        raise ValueError(f"第一行至少要有 {SHORTEST_PASSWORD} 个字符")
    return password


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
