"""A hub of Hugging Face on this computer: the few answers that fetching a model asks for."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

SHA = "5" * 40


class SmallHub:
    """Serves folders as models by name; `slow` holds large files back until `go_on` is set."""

    def __init__(self, models: dict[str, Path], gated: frozenset[str] = frozenset()) -> None:
        self.models, self.gated = models, gated
        self.go_on = Event()
        self.go_on.set()
        self.asked: list[str] = []


class _Answers(BaseHTTPRequestHandler):
    hub: SmallHub

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the terminal."""

    def _answer(self, *, body: bool) -> None:
        path = self.path.partition("?")[0]
        self.hub.asked.append(path)
        if path.startswith("/api/models/"):
            self._tell_files(path.removeprefix("/api/models/"))
            return
        name, _, rest = path.strip("/").partition("/resolve/")
        file = self.hub.models.get(name, Path("nowhere")) / rest.partition("/")[2]
        if not file.is_file():
            self._refuse("EntryNotFound", 404)
            return
        self._send(file.read_bytes(), body=body)

    def _tell_files(self, asked: str) -> None:
        name = asked.removesuffix("/auth-check")
        folder = self.hub.models.get(name)
        if folder is None:
            self._refuse("RepoNotFound", 404)
        elif asked != name and name in self.hub.gated:
            self._refuse("GatedRepo", 403)
        else:
            files = [path for path in folder.rglob("*") if path.is_file()]
            told = [
                {"rfilename": str(path.relative_to(folder)), "size": path.stat().st_size}
                for path in files
            ]
            gated = "manual" if name in self.hub.gated else False
            said = {"id": name, "sha": SHA, "siblings": told, "gated": gated}
            self._send(json.dumps(said).encode(), body=True)

    def _refuse(self, code: str, status: int) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, content: bytes, *, body: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", f'"{len(content):x}{hash(content) & 0xFFFFFFFF:x}"')
        self.send_header("X-Repo-Commit", SHA)
        self.end_headers()
        if not body:
            return
        half = len(content) // 2
        try:
            self.wfile.write(content[:half])
            if len(content) > 10_000:
                self.wfile.flush()
                self.hub.go_on.wait(60)
            self.wfile.write(content[half:])
        except OSError:
            return  # Whoever asked has gone.


@contextmanager
def serving(hub: SmallHub) -> Iterator[str]:
    """The address of a hub that answers while the body runs."""
    handler = type("Answers", (_Answers,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        hub.go_on.set()
        server.shutdown()
        thread.join()
        server.server_close()
