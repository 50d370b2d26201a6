"""A service that pays whoever it is told to, and asks nobody.

It has no idea of agents, authority or policy: that is what `hansa gateway` in front of it is for.
Run it with `python3 service.py PORT`; it needs nothing but Python.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

payments = []


class Payments(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer({"payments": len(payments)})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        payment = {
            "vendor": self.path.rsplit("/", 1)[-1],
            "amount": next(value for name, value in json.loads(body).items() if "amount" in name),
            "action": self.headers.get("x-agp-action-id"),
        }
        payments.append(payment)
        self.answer({"paid": payment["amount"], "to": payment["vendor"]})

    def answer(self, content):
        text = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Payments).serve_forever()
