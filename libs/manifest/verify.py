#!/usr/bin/env python3
"""Checks what AIRS-CP hands out, offline: an export or archived day with manifest and proof, a receipt, a statement, or a record of a drop.
    python3 verify.py FILE --key KEY
KEY is a verifier key of the log (NAME+ID+BASE64), or a file of such keys, one per line. Get it from whoever operates AIRS-CP
("airs log key"), not from where FILE came from. Written from docs/log-format.md, RFC 8032, RFC 9162 and C2SP signed-note."""
import argparse, base64, bisect, collections, gzip, hashlib, json, os, re, sys
from datetime import datetime, timezone
def sha256(data): return hashlib.sha256(data).digest()
def b64(data): return base64.b64encode(data).decode()
def compact(value): return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
def unb64(text, size=None):
    """Standard Base64 with padding; None where it is anything else, or not of that size."""
    try: data = base64.b64decode(text, validate=True)
    except ValueError: return None
    return data if b64(data) == text and size in (None, len(data)) else None
# Ed25519 (RFC 8032, 5.1), written for few lines: a signature takes some 30 ms.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
def add(a, b):
    e = D * a[0] * a[1] * b[0] * b[1]
    return (a[0] * b[1] + a[1] * b[0]) * pow(1 + e, -1, P) % P, (a[1] * b[1] + a[0] * b[0]) * pow(1 - e, -1, P) % P
def times(n, point): return (0, 1) if n == 0 else add(point, times(n - 1, point)) if n & 1 else times(n >> 1, add(point, point))
def decompress(data):
    sign, y = divmod(int.from_bytes(data, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P: x = x * pow(2, (P - 1) // 4, P) % P
    return None if (x * x - square) % P or y >= P or (x == 0 and sign) else (x if x & 1 == sign else P - x, y)
def ed25519_holds(public, message, signature):
    point, s = decompress(public), int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or not point or s >= L: return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    x, y = add(times(s, decompress((4 * pow(5, -1, P) % P).to_bytes(32, "little"))), times(h, (P - point[0], point[1])))
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]
# Signed notes (C2SP signed-note) and checkpoints (C2SP tlog-checkpoint)
class Problem(Exception): pass
def parse_key(text):
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    data = unb64(encoded) or b"\0"
    if data[0] == 6: return None  # ML-DSA-44, which a log may sign with besides
    if data[0] != 1 or len(data) != 33 or sha256(name.encode() + b"\n" + data)[:4].hex() != key_id: sys.exit(f"{text}: not a verifier key of a log, or a damaged one")
    return name, key_id, data[1:]
def signed_text(note, keys):
    """The text of a note, and the names of the trusted keys that have signed it."""
    text, _, tail = note.rpartition("\n\n")
    lines = [re.fullmatch(r"— (\S+) (\S+)", line) for line in tail[:-1].split("\n")]
    if not text or tail[-1:] != "\n" or not all(lines) or not all(len(unb64(line[2]) or b"") > 4 for line in lines):
        raise Problem("Signature: this is not a signed note")
    signatures, signers = [(line[1], unb64(line[2])[:4].hex(), unb64(line[2])[4:]) for line in lines], []
    for name, key_id, public in keys:
        for signature in (value for *of, value in signatures if of == [name, key_id]):
            if not ed25519_holds(public, f"{text}\n".encode(), signature): raise Problem(f"Signature: the signature of key {name}+{key_id} does not hold")
            signers.append(name)
    claimed = ", ".join(f"{name}+{key_id}" for name, key_id, _ in signatures)
    if not signers: raise Problem(f"Signature: no trusted key has signed it; it claims {claimed}")
    return text + "\n", signers
def checkpoint(note, keys):
    text, signers = signed_text(note, keys)
    origin, size, root, *_ = text.split("\n") + ["", ""]
    if not origin or not re.fullmatch(r"0|[1-9]\d{0,15}", size) or not unb64(root, 32): raise Problem("Checkpoint: it has no origin, size and root")
    if origin not in signers: raise Problem(f"Checkpoint: it is of log {origin}, and the trusted key is of log {signers[0]}")
    return origin, int(size), unb64(root)
# Leaves, and the tree (RFC 9162, 2.1)
def leaf_hash(entry): return sha256(b"\0" + entry)
def node_hash(left, right): return sha256(b"\1" + left + right)
def record(event, event_digest, facts_digest):
    def bounded(value):
        if re.fullmatch(r"[ !#-\[\]-~]{1,128}", value) and not value.startswith("sha256:"): return value
        return "sha256:" + sha256(value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()).hex()
    names = [name for name in ("id", "type", "time", "tenant", "journal", "sequence", "exchange") if name in event]
    members = {name: event[name] if name == "sequence" else bounded(event[name]) for name in names}
    return compact({"v": 1, **members, "event": b64(event_digest), "facts": b64(facts_digest)}).encode()
class Assembly:
    """A tree from leaves and perfect subtrees in any order. Two halves are joined as soon as both are there."""
    def __init__(self): self.waiting, self.twice = {}, False
    def add(self, level, index, value):
        while (level, index) not in self.waiting and (level, index ^ 1) in self.waiting:
            other = self.waiting.pop((level, index ^ 1))
            value = node_hash(other, value) if index & 1 else node_hash(value, other)
            level, index = level + 1, index >> 1
        self.twice |= (level, index) in self.waiting
        self.waiting[level, index] = value
    def root(self, size):
        """None where leaves are missing, or there are more."""
        nodes = [(level, (size >> level) - 1) for level in range(size.bit_length()) if size >> level & 1]
        if set(nodes) != set(self.waiting): return None
        root = self.waiting[nodes[0]] if nodes else sha256(b"")
        for node in nodes[1:]: root = node_hash(self.waiting[node], root)
        return root
def inclusion_root(leaf, index, size, path):
    """RFC 9162, 2.1.3; None where the path has another length."""
    if size == 1 or not path: return leaf if (index, size, path) == (0, 1, []) else None
    left = 1 << (size - 1).bit_length() - 1
    root = inclusion_root(leaf, *((index, left) if index < left else (index - left, size - left)), path[:-1])
    return root and (node_hash(root, path[-1]) if index < left else node_hash(path[-1], root))
# Exports
def milliseconds(time):
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", time)
    if not match: raise ValueError(f"not a time: {time}")
    whole = datetime.fromisoformat(f"{match[1]}T{match[2]}{match[4].replace('Z', '+00:00')}")
    return int(whole.timestamp()) * 1000 + int((match[3] or "").ljust(3, "0")[:3])
def place(row):
    if not row: return "none"
    ms = milliseconds(row["time"])
    return f"{row['id']} at {datetime.fromtimestamp(ms // 1000, timezone.utc):%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"
class Ranges(list):
    def put(self, value):  # False where it was there already
        at = bisect.bisect_right(self, [value, float("inf")])
        if at and value <= self[at - 1][1]: return False
        self.insert(at, [value, value])
        for left in (at, at - 1):
            if 0 <= left < len(self) - 1 and self[left][1] + 1 == self[left + 1][0]: self[left][1] = self.pop(left + 1)[1]
        return True
def proof_lines(path, complain):
    """(kind, index, 32-byte values); of a node (kind, index, [hash, level]), of an entry (kind, index, [record])."""
    for at, line in enumerate(open(path, "rb"), 1):
        kind, *words = line.rstrip(b"\n").decode("latin1").split(" ", 2 if line[:1] == b"x" else -1)
        level = int(words.pop(0)) if kind == "n" and re.fullmatch(r"\d\d?", words[0]) else None
        index = int(words[0]) if words and re.fullmatch(r"0|[1-9]\d{0,15}", words[0]) else None
        values = [words[1].encode("latin1")] if kind == "x" and len(words) == 2 else [unb64(word, 32) for word in words[1:]]
        if at == 1:
            if line != b"airs-proof/1\n": complain("Proof: its first line is not airs-proof/1")
        elif kind == "u" and not words: yield "u", None, []
        elif kind == "d" and len(words) == 1 and unb64(words[0]) is not None: yield "d", None, [unb64(words[0]).decode("utf-8", "replace")]
        elif index is None or not all(values) or len(values) != {"r": 3, "e": 3, "n": 1, "x": 1}.get(kind):
            complain(f"Proof: line {at} cannot be read")
        else: yield kind, index, values + [level] * (kind == "n")
def fits(row, line):
    kind, _, values = line
    salted = sha256(values[kind == "e"] + row["line"]) if values else b""
    digests = (salted, values[1]) if kind == "r" else (values[:1] + [salted])
    return kind == "u" or leaf_hash(record(row["event"], *digests)) == values[2]
def check_proof(manifest, rows, path, keys, complain):
    """Rows against their leaves, and those against the root that is signed."""
    lines, assembly, edges, unproven, held, ahead = proof_lines(path, complain), Assembly(), [], 0, None, []
    def peek():
        if not ahead: ahead.append(next(lines, None))
        return ahead[0]
    start, end = (milliseconds(time) if time else None for time in (manifest["from"], manifest["until"]))
    def before(at): return start is not None and at < start
    def beyond(at): return before(at) or (end is not None and at >= end)
    def take(kinds, row=None):  # pieces that rows of the range refer to are rows too, wherever they were recorded
        if not peek() or peek()[0] not in kinds: return None
        line = ahead.pop()
        if line[0] in "re":
            assembly.add(0, line[1], line[2][2])
            if not row or row["event"]["type"] != "airs.content-recorded.v1" or not beyond(milliseconds(row["time"])): edges[:] = [min([line[1], *edges]), max([line[1], *edges])]
        return line
    def leaf(line, before, behind=""): return f"{before}{line[1]:,}{behind}" if line[0] != "u" else ""
    def inserted(row): complain(f"Row {row['name']}: it was inserted; the log has no such event here")
    def changed(row, line): complain(f"Row {row['name']}: its bytes are not those that were recorded as{leaf(line, ' leaf ')}")
    def left_out(where, line): complain(f"{where}: a row was left out{leaf(line, ', leaf ', ' of the log')}")
    for row in rows:
        if held and fits(row, held[1]):
            inserted(held[0])
            held = None
            continue
        if held: changed(*held)
        held, line = None, take("reu", row)
        if not line: inserted(row)
        elif fits(row, line): unproven += line[0] == "u"
        elif peek() and peek()[0] in "re" and fits(row, peek()):
            left_out(f"Before row {row['name']}", line)
            take("re", row)
        else: held = row, line
    if held: changed(*held)
    while line := take("reu"): left_out("At the end", line)
    if unproven: complain(f"Rows without a leaf under the checkpoint: {unproven:,}")
    everything, filtered, drops, day = start is None and end is None, bool(manifest["filters"]), [], manifest.get("archive", {}).get("leaves")
    begin, close = (day["from"], day["until"]) if day else (0, float("inf")) if everything or not edges else (edges[0] - 1, edges[1] + 2)
    still_open = not (day or everything or edges)  # of a range without a row, entries say from where to where it is
    if day and edges != [begin, close - 1]: complain(f"Leaves: expected {begin:,} to {close - 1:,}, found {' to '.join(f'{one:,}' for one in edges)}")
    while line := peek():
        kind, index, values = ahead.pop()
        if kind == "n":
            assembly.add(values[1], index, values[0])
            still_open = False
            first, behind = max(index << values[1], begin), min((index + 1) << values[1], close)
            while first < behind and (run := next((one for one in drops if one[0] <= first < one[1]), None)): first = run[1]
            if not filtered and first < behind: complain(f"Leaf {index << values[1]:,} was left out: the export says nothing of it")
        elif kind == "d":
            origin, own = (values[0] + "\n").split("\n")[1], manifest["proof"]["checkpoint"].split("\n")[0]
            try:
                leaves = verify_signed(values[0], keys, "airs-drop/1")["leaves"]
                drops += leaves if origin == own else complain(f"Proof: the record of a drop is of log {origin}, and the checkpoint of {own}") or []
            except Problem as problem: complain(f"Proof: the record of a drop is not to be believed. {problem}")
        elif kind == "x":
            assembly.add(0, index, leaf_hash(values[0]))
            entry = json.loads(values[0])
            at = milliseconds(entry["time"]) if entry["time"][:1].isdigit() else None
            outside = not begin <= index < close if day else at is not None and beyond(at)
            if still_open and outside: begin, close = (index, float("inf")) if before(at) else (begin, index + 1 if index >= begin else close)
            if not filtered and not outside: complain(f"Leaf {index:,} was left out: {entry['type']} of {entry['time']}")
        else: complain("Proof: a row is not where it belongs")
    _, size, root = checkpoint(manifest["proof"]["checkpoint"], keys)
    found = assembly.root(size)
    if assembly.twice: complain("Root: a leaf is there twice")
    elif not found: complain("Root: the proof has too few or too many leaves for the tree of the checkpoint")
    elif found != root:
        complain(f"Root: rows and proof lead to {b64(found)}, and the checkpoint has {b64(root)}: they were changed together, or are of another log")
def parquet_lines(path, _):
    try: import duckdb
    except ImportError: sys.exit("Python cannot read Parquet by itself: pip install duckdb")
    rows = duckdb.connect(config={"threads": 1}).execute("select event from read_parquet(?)", [path])
    while block := rows.fetchmany(1000): yield from (event.encode() + b"\n" for event, in block)
KINDS = {"events": ("id", "time", "type"), "sessions": ("session", "startedAt", None), "decisions": ("event", "time", "decision")}
def verify_export(path, manifest, keys, complain):
    name, time, label = KINDS[manifest["kind"]]
    content, counts, journals, found = hashlib.sha256(), collections.Counter(), {}, []
    if manifest["compression"] == "zstd": sys.exit("Python cannot read zstd: decompress the file, or export it again without")
    def rows():
        lines = {"parquet": parquet_lines}.get(manifest["format"], gzip.open if manifest["compression"] == "gzip" else open)
        for at, line in enumerate(lines(path, "rb"), 1):
            content.update(line)
            counts.update({0: 1, "": len(line)})
            if manifest["format"] == "csv": continue
            try:
                event = json.loads(line)
                row = {"id": event[name], "time": event[time], "event": event, "line": line.removesuffix(b"\n")}
                kind, row["place"] = event[label] if label else "session", (milliseconds(row["time"]), row["id"].encode())
            except (ValueError, KeyError, TypeError) as error:
                complain(f"Line {at} is not a row of {manifest['kind']}: {error}")
                continue
            if found and "archive" not in manifest and found[-1]["place"] >= row["place"]: complain(f"Line {at} does not come after the line before it")
            found[1:], row["name"] = [row], f"{at:,} ({row['id']})"
            counts[kind if label != "decision" else kind["action"]] += 1
            journal, sequence = event.get("journal"), event.get("sequence")
            if label == "type" and journal and sequence and not journals.setdefault(journal, Ranges()).put(sequence):
                complain(f"Line {at} has place {sequence} of journal {journal}, as a line before it has")
            yield row
    if "proof" in manifest: check_proof(manifest, rows(), path + ".proof", keys, complain)
    else: collections.deque(rows(), 0)
    def compare(what, expected, value, unit=""):
        shown = [f"{one:,}" if isinstance(one, int) else one if isinstance(one, str) else compact(one) for one in (expected, value)]
        shown = [one if len(one) <= 300 else one[:300] + "…" for one in shown]
        if compact(expected) != compact(value): complain(f"{what}: expected {shown[0]}{unit}, found {shown[1]}")
    def compare_file(what, claimed, path):
        digest, file = hashlib.sha256(), open(path, "rb")
        while block := file.read(1 << 20): digest.update(block)
        compare(f"{what} size", claimed["bytes"], os.path.getsize(path), " bytes")
        compare(f"{what} SHA-256", claimed["sha256"], digest.hexdigest())
    compare_file("File", manifest["files"][0], path)
    compare("Row data size", manifest["content"]["bytes"], counts.pop("", 0), " bytes")
    compare("Row data SHA-256", manifest["content"]["sha256"], content.hexdigest())
    if manifest["format"] != "csv":
        compare("Number of rows", manifest["rows"], counts.pop(0, 0))
        compare("Counts", manifest["counts"], dict(sorted(counts.items())))
        for at, which in ((0, "first"), (-1, "last")):
            compare(f"{which.title()} row", place(manifest[which]), place(found[at] if found else None))
        if manifest["journals"] is not None:
            compare("Journals", manifest["journals"], [
                {"journal": journal, "first": of[0][0], "last": of[-1][1], "events": sum(b - a + 1 for a, b in of),
                 "gaps": [{"from": a[1] + 1, "to": b[0] - 1} for a, b in zip(of, of[1:])]} for journal, of in sorted(journals.items())])
    if "proof" in manifest: compare_file("Proof", manifest["proof"], path + ".proof")
    old = manifest["kind"] != "events" or manifest["format"] == "csv" or manifest["made"]["software"]["version"].startswith("0.1.")
    if "proof" not in manifest and (keys or not old): complain("It has no proof")
    return f"{manifest['rows']:,} rows of {manifest['kind']}{' (filtered: not that nothing else matched)' * bool(manifest['filters'])}", "proof" in manifest
# Receipts and statements
def verify_receipt(receipt, keys, complain):
    for at, one in enumerate(receipt["events"], 1):
        entry, head = json.loads(one["record"]), one["proof"].partition("\n\n")[0].split("\n")
        name, (_, size, root) = f"Event {at} ({entry['id']})", checkpoint(one["proof"].partition("\n\n")[2], keys)
        if not all(path := [unb64(line, 32) for line in head[2:]]) or inclusion_root(leaf_hash(one["record"].encode()), int(head[1][6:]), size, path) != root:
            complain(f"{name}: its leaf is not in the log: the proof leads to another root")
        for what, salt, other in (("event", "salt", "facts"), ("facts", "factsSalt", "event")):
            if what not in one: continue
            digests = {what: sha256(unb64(one[salt]) + one[what].encode()), other: unb64(entry[other])}
            if record(json.loads(one[what]), digests["event"], digests["facts"]).decode() != one["record"]:
                complain(f"{name}: its {'bytes' if what == 'event' else 'facts'} are not those that its leaf commits to")
        for what, value in receipt["of"].items():
            shown = json.loads(one.get("event") or one.get("facts") or "{}") if what == "session" else entry
            if shown.get("id" if what == "event" else what) != value: complain(f"{name}: it is not of {what} {value}")
    if not receipt["events"]: complain("It has no events")
    return f"{len(receipt['events'])} events of {', '.join(map(' '.join, receipt['of'].items()))}", True
def verify_signed(note, keys, heading):
    text, signers = signed_text(note, keys)
    first, origin, said = text.split("\n")[:3]
    if origin not in signers: raise Problem(f"{'Statement' if 'st' in heading else 'Record of a drop'}: it is of log {origin}, and the trusted key is of log {signers[0]}")
    if first != heading: raise Problem(f"It cannot be read: its first line is not {heading}")
    return json.loads(said)
if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, how in (("file", {}), ("--key", {"action": "append", "default": []}), ("--json", {"action": "store_true"})): parser.add_argument(name, **how)
    options, problems, what, proven = parser.parse_args(), [], "", False
    words = [word for key in options.key for word in (open(key).read().split() if os.path.isfile(key) else [key])]
    keys = [key for key in map(parse_key, words) if key]
    try:
        start = open(options.file, "rb").read(64)
        signed = re.match(rb"(airs-(statement|drop)/1)\n", start)
        if signed: what, proven = compact(verify_signed(open(options.file).read(), keys, signed[1].decode())), True
        elif re.match(rb'\{\s*"receipt"', start): what, proven = verify_receipt(json.load(open(options.file)), keys, problems.append)
        else: what, proven = verify_export(options.file, json.load(open(options.file + ".manifest.json")), keys, problems.append)
    except Problem as problem: problems.append(str(problem))
    except (ValueError, KeyError, TypeError, OSError, EOFError) as error:
        name, why = (getattr(error, of, None) for of in ("filename", "strerror"))
        problems.append(f"{name or 'It'} cannot be read: {why or repr(error)}")
    if options.json: print(json.dumps({"valid": not problems, "proven": proven and not problems, "problems": problems[:20]}))
    elif problems: print("NOT VERIFIED", *problems[:20], sep="\n")
    elif proven: print(f"PROVEN: {what}. Trusted key: {', '.join(sorted({'+'.join(key[:2]) for key in keys}))}, from --key")
    else: print(f"NOT PROVEN: {what} match the manifest, but whoever can change one can change both")
    sys.exit(1 if problems else 0)
