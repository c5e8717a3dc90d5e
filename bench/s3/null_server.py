"""An S3 server that keeps no bytes: it forgets what it is sent, and sends zeros. For the ceilings of clients.

`null_server.py PORT`, on loopback. It checks no signature and knows as much of the protocol as the clients here ask for.
"""

import http.server
import re
import socket
import sys
import threading
import urllib.parse
from xml.sax.saxutils import escape

ZEROS = memoryview(bytearray(1 << 20))
TAG = '"00000000000000000000000000000000-1"'


class Bucket:
    """How long the objects are, and the parts of uploads under way."""

    def __init__(self):
        self.lock = threading.Lock()
        self.sizes = {}
        self.uploads = {}
        self.begun = 0

    def begin(self):
        with self.lock:
            self.begun += 1
            self.uploads[str(self.begun)] = {}
            return str(self.begun)

    def put_part(self, upload, number, size):
        with self.lock:
            self.uploads.setdefault(upload, {})[number] = size

    def complete(self, upload, path):
        with self.lock:
            self.sizes[path] = sum(self.uploads.pop(upload, {}).values())

    def page(self, prefix, after):
        """- Returns: up to 1,000 paths behind one, and whether there are more."""
        with self.lock:
            paths = sorted(path for path in self.sizes if path.startswith(prefix) and path > after)
        return paths[:1000], len(paths) > 1000


BUCKET = Bucket()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.scratch = memoryview(bytearray(1 << 20))

    def log_message(self, *_):
        pass

    def ask(self):
        """The path, and the query."""
        parts = urllib.parse.urlsplit(self.path)
        return urllib.parse.unquote(parts.path), dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))

    def swallow(self):
        """Reads the body. - Returns: how long it was, without the framing of signed chunks."""
        left = length = int(self.headers.get("content-length", 0))
        while left > 0:
            count = self.rfile.readinto(self.scratch[:min(left, 1 << 20)])
            if not count:
                raise ConnectionError("the body broke off")
            left -= count
        return int(self.headers.get("x-amz-decoded-content-length", length))

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def document(self, name, inner):
        self.answer(200, f"<?xml version=\"1.0\"?><{name}>{inner}</{name}>".encode(), content_type="application/xml")

    def do_PUT(self):
        path, query = self.ask()
        size = self.swallow()
        if "uploadId" in query:
            BUCKET.put_part(query["uploadId"], int(query["partNumber"]), size)
        elif path.strip("/").count("/"):
            BUCKET.sizes[path] = size
        self.answer(200, etag=TAG)

    def do_POST(self):
        path, query = self.ask()
        self.swallow()
        if "uploads" in query:
            upload = BUCKET.begin()
            self.document("InitiateMultipartUploadResult",
                          f"<Bucket>b</Bucket><Key>{escape(path)}</Key><UploadId>{upload}</UploadId>")
        elif "uploadId" in query:
            BUCKET.complete(query["uploadId"], path)
            self.document("CompleteMultipartUploadResult", f"<ETag>{escape(TAG)}</ETag>")
        else:
            self.document("DeleteResult", "")

    def do_DELETE(self):
        BUCKET.sizes.pop(self.ask()[0], None)
        self.answer(204)

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        path, query = self.ask()
        if not path.strip("/").count("/"):
            self.list(path.strip("/"), query)
            return
        size = BUCKET.sizes.get(path)
        if size is None:
            self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>" if self.command == "GET" else b"")
            return
        first, last = 0, size - 1
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range", ""))
        if asked:
            first, last = int(asked[1]), min(int(asked[2] or last), last)
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("content-range", f"bytes {first}-{last}/{size}")
        for name, value in (("content-length", str(last - first + 1)), ("etag", TAG), ("accept-ranges", "bytes"),
                            ("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT")):
            self.send_header(name, value)
        self.end_headers()
        left = last - first + 1 if self.command == "GET" else 0
        while left > 0:
            self.connection.sendall(ZEROS[:min(left, 1 << 20)])
            left -= min(left, 1 << 20)

    def list(self, bucket, query):
        base = f"/{bucket}/"
        after = query.get("continuation-token") or query.get("start-after") or query.get("marker") or ""
        paths, more = BUCKET.page(base + query.get("prefix", ""), base + after if after else "")
        keys = [path[len(base):] for path in paths]
        token = f"<NextContinuationToken>{escape(keys[-1])}</NextContinuationToken>" if more else ""
        self.document("ListBucketResult", (
            f"<Name>{bucket}</Name><Prefix>{escape(query.get('prefix', ''))}</Prefix><KeyCount>{len(keys)}</KeyCount>"
            f"<MaxKeys>1000</MaxKeys><IsTruncated>{str(more).lower()}</IsTruncated>{token}" + "".join(
                f"<Contents><Key>{escape(key)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
                f"<ETag>{escape(TAG)}</ETag><Size>{BUCKET.sizes[base + key]}</Size>"
                "<StorageClass>STANDARD</StorageClass></Contents>" for key in keys)))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


if __name__ == "__main__":
    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
