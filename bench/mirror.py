"""A package mirror on loopback: passes requests on to this machine's own mirrors once, and answers from disk then."""
import hashlib
import http.server
import os
import shutil
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request


def machine_mirrors():
    """The addresses of this machine's package sources, by what a feed calls them."""
    targets = subprocess.run(
        ['apt-get', 'indextargets', '--format', '$(RELEASE) $(REPO_URI)'],
        check=True, capture_output=True, text=True).stdout.split('\n')
    by_release = dict(line.split(' ', 1) for line in targets if line)
    return {'main': by_release['bookworm'].rstrip('/'),
            'security': by_release['bookworm-security'].rstrip('/')}


class Mirror:
    """Serves until the `with` ends. `urls` has the address of each of `upstreams` here."""

    def __init__(self, folder, upstreams):
        self.folder = folder
        self.upstreams = upstreams
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), self._handler())
        self.urls = {name: f'http://127.0.0.1:{self.server.server_port}/{name}' for name in upstreams}

    def __enter__(self):
        os.makedirs(self.folder, exist_ok=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def file(self, path):
        """The file that a path of this mirror has, fetched if it was not yet; None where there is none."""
        kept = os.path.join(self.folder, hashlib.sha256(path.encode()).hexdigest())
        if os.path.exists(kept):
            return kept
        name, _, rest = path.lstrip('/').partition('/')
        try:
            with urllib.request.urlopen(f'{self.upstreams[name]}/{rest}', timeout=60) as answer, \
                    tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as part:
                shutil.copyfileobj(answer, part)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise
        os.rename(part.name, kept)
        return kept

    def _handler(self):
        mirror = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                kept = mirror.file(self.path)
                if kept is None:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header('Content-Length', str(os.path.getsize(kept)))
                self.end_headers()
                with open(kept, 'rb') as file:
                    shutil.copyfileobj(file, self.wfile, 1 << 20)

            def log_message(self, *_):
                pass

        return Handler
