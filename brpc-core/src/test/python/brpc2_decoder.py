"""Decodes frames of brpc/2. Written from docs/wire.md alone, to show that the page is enough.

Run with the path of brpc2-vectors.json. Prints how many vectors hold, and fails at the first that does not.
"""
import json
import sys

NAMES = {0x01: "SETTINGS", 0x02: "GOAWAY", 0x03: "PING", 0x04: "PONG", 0x05: "DONE", 0x10: "CALL",
         0x11: "ANSWER", 0x12: "HEADERS", 0x13: "MESSAGE", 0x14: "HALF_CLOSE", 0x15: "CANCEL", 0x16: "CREDIT"}
RESERVED = {"grpc-status", "grpc-message", "grpc-timeout", "grpc-encoding", "grpc-accept-encoding", "brpc-call-chain"}
KEY_BYTES = set(b"0123456789abcdefghijklmnopqrstuvwxyz_-.")


class Violation(Exception):
    pass


def need(condition, words):
    if not condition:
        raise Violation(words)


class Body:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def left(self):
        return len(self.data) - self.at

    def take(self, count):
        need(count <= self.left(), "too short")
        self.at += count
        return self.data[self.at - count:self.at]

    def byte(self):
        return self.take(1)[0]

    def varint(self):
        value = 0
        for index in range(9):
            group = self.byte()
            value |= (group & 0x7f) << (7 * index)
            if group < 0x80:
                need(group != 0 or index == 0, "needless last byte")
                return value
        raise Violation("varint too long")

    def bytes(self):
        return self.take(self.varint())

    def text(self):
        try:
            return self.bytes().decode("utf-8")
        except UnicodeDecodeError:
            raise Violation("not UTF-8")

    def rest(self):
        return self.take(self.left())


class Decoder:
    def __init__(self, max_metadata):
        self.max_metadata = max_metadata

    def metadata(self, body, budget):
        entries = []
        for _ in range(body.varint()):
            key, value = body.bytes(), body.bytes()
            need(key and set(key) <= KEY_BYTES, "bad key")
            name = key.decode("ascii")
            need(name not in RESERVED, "reserved key")
            if name.endswith("-bin"):
                need(name != "-bin", "bad key")
            else:
                need(all(0x20 <= c <= 0x7e for c in value), "bad value")
            budget -= len(key) + len(value) + 32
            need(budget >= 0, "too much metadata")
            entries.append([name, value.hex()])
        return entries, budget

    def flags(self, body, known):
        flags = body.byte()
        need(flags & ~known == 0, "unknown flag")
        return [bool(flags & 1 << bit) for bit in range(8)]

    def encoding(self, body, there, fields):
        if there:
            fields["encoding"] = body.varint()
            need(fields["encoding"] < 64, "no such encoding")

    def settings(self, body):
        fields, last = {}, -1
        numbers = {2: ("max-calls", 1, None), 3: ("max-lanes", 1, None), 4: ("max-lane-frame", 1024, 1 << 20),
                   5: ("max-message", 0, None), 6: ("max-metadata", 1024, 1 << 20), 7: ("max-methods", 0, None),
                   9: ("call-window", 1, None)}
        while body.left():
            key = body.varint()
            need(key > last, "settings out of order")
            last = key
            value = Body(body.bytes())
            if key == 1:
                need(value.left() == 16, "bad ID")
                fields["connection-id"] = value.rest().hex()
            elif key in numbers:
                name, least, most = numbers[key]
                fields[name] = value.varint()
                need(value.left() == 0, "bytes behind a number")
                need(fields[name] >= least and (most is None or fields[name] <= most), "out of range")
            elif key == 8:
                fields["encodings"] = []
                while value.left():
                    fields["encodings"].append(value.text())
                need(len(fields["encodings"]) <= 64, "too many encodings")
        return fields

    def call(self, body):
        fields = {"number": body.varint()}
        path, timeout, metadata, chain, encoding = self.flags(body, 0x1f)[:5]
        fields["method"] = body.varint()
        if path:
            name = body.bytes()
            need(len(name) <= 1024, "path too long")
            try:
                fields["path"] = name.decode("utf-8")
            except UnicodeDecodeError:
                raise Violation("not UTF-8")
            slash = fields["path"].find("/")
            need(0 < slash < len(fields["path"]) - 1, "not a path")
        need(path or fields["method"] > 0, "no method")
        if timeout:
            fields["timeout"] = body.varint()
        budget = self.max_metadata
        if metadata:
            fields["metadata"], budget = self.metadata(body, budget)
        if chain:
            fields["chain"] = body.text()
            need(len(fields["chain"]) <= budget, "chain too long")
            need(all(" " <= c <= "~" for c in fields["chain"]), "not a chain")
        self.encoding(body, encoding, fields)
        fields["message"] = body.rest().hex()
        return fields

    def answer(self, body):
        fields = {"number": body.varint()}
        headers, trailers, status, words, encoding, not_run = self.flags(body, 0x3f)[:6]
        need(status or not (words or not_run), "words without a status")
        budget = self.max_metadata
        if headers:
            fields["headers"], budget = self.metadata(body, budget)
        if trailers:
            fields["trailers"], budget = self.metadata(body, budget)
        if status:
            fields["status"] = body.varint()
            need(1 <= fields["status"] <= 16, "no such status")
        if words:
            text = body.bytes()
            need(len(text) <= budget, "words too long")
            try:
                fields["words"] = text.decode("utf-8")
            except UnicodeDecodeError:
                raise Violation("not UTF-8")
        if not_run:
            fields["not-run"] = True
        self.encoding(body, encoding, fields)
        fields["message"] = body.rest().hex()
        need(not (status and fields["message"]), "a message with a status")
        return fields

    def message(self, body):
        fields = {}
        self.encoding(body, self.flags(body, 0x10)[4], fields)
        fields["message"] = body.rest().hex()
        return fields

    def frame(self, data):
        """Returns the name and the fields of the one frame that the data are; None for an unknown type."""
        whole = Body(data)
        length = whole.varint()
        need(length >= 1, "empty frame")
        kind = whole.byte()
        body = Body(whole.take(length - 1))
        need(whole.left() == 0, "more than one frame")
        name = NAMES.get(kind)
        if name is None:
            return None, {}
        if name == "SETTINGS":
            fields = self.settings(body)
        elif name == "CALL":
            fields = self.call(body)
        elif name == "ANSWER":
            fields = self.answer(body)
        elif name == "HEADERS":
            fields = {"metadata": self.metadata(body, self.max_metadata)[0]}
        elif name == "MESSAGE":
            fields = self.message(body)
        elif name == "CANCEL":
            fields = {"number": body.varint()}
        elif name == "CREDIT":
            fields = {"number": body.varint(), "bytes": body.varint()}
            need(1 <= fields["bytes"] < 1 << 31, "no such credit")
        elif name in ("PING", "PONG"):
            fields = {"payload": body.take(8).hex()}
        else:
            fields = {}
        need(body.left() == 0, "bytes behind the last field")
        return name, fields


def main(path):
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    decoder = Decoder(vectors["max-metadata"])
    for vector in vectors["vectors"]:
        try:
            name, fields = decoder.frame(bytes.fromhex(vector["hex"]))
            got = {"frame": name, "fields": fields}
        except Violation:
            got = {"error": "PROTOCOL_ERROR"}
        wanted = {key: vector[key] for key in ("frame", "fields", "error") if key in vector}
        if got != wanted:
            sys.exit("%s: got %s, wanted %s" % (vector["name"], got, wanted))
    print(len(vectors["vectors"]), "vectors hold")


if __name__ == "__main__":
    main(sys.argv[1])
