"""The host's interface without Go: sign in, look at jobs, take releases. Python's standard library alone.

    python3 encompute.py http://127.0.0.1:8440 key.hex jobs        # my jobs, a JSON document in each line
    python3 encompute.py http://127.0.0.1:8440 key.hex export      # all that the host keeps of me
    python3 encompute.py http://127.0.0.1:8440 key.hex releases 30 # a creator: wait 30 s for the next release
    python3 encompute.py http://127.0.0.1:8440 key.hex ack 7       # up to release 7 all is answered

encompute.ts does the same in TypeScript, and takes releases over a socket, too. GET /v1/openapi.json describes every
route. What encrypts, opens and verifies is not here: a user needs the engine (package client, or its WebAssembly), a
creator the suffix. The signing below is plain arithmetic and not in constant time: use it with keys that sign on
machines of your own, or replace sign() by your wallet's.
"""
import base64, hmac, json, sys, urllib.error, urllib.parse, urllib.request
from datetime import datetime, timedelta, timezone

# Keccak-256, with the padding of Ethereum (0x01), not of SHA-3.
MASK, RATE = (1 << 64) - 1, 136


def _rotl(v, n):
    return ((v << n) | (v >> (64 - n))) & MASK if n else v


def _permute(a):
    lfsr = 1
    for _ in range(24):
        c = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
        d = [c[(x - 1) % 5] ^ _rotl(c[(x + 1) % 5], 1) for x in range(5)]
        a = [[a[x][y] ^ d[x] for y in range(5)] for x in range(5)]
        x, y, current = 1, 0, a[1][0]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, a[x][y] = a[x][y], _rotl(current, (t + 1) * (t + 2) // 2 % 64)
        for y in range(5):
            row = [a[x][y] for x in range(5)]
            for x in range(5):
                a[x][y] = row[x] ^ (~row[(x + 1) % 5] & MASK & row[(x + 2) % 5])
        for j in range(7):
            if lfsr & 1:
                a[0][0] ^= 1 << ((1 << j) - 1)
            lfsr = (lfsr << 1) ^ (0x171 if lfsr & 0x80 else 0)
    return a


def keccak256(data: bytes) -> bytes:
    padded = bytearray(data) + b"\x01" + bytes(-(len(data) + 1) % RATE)
    padded[-1] |= 0x80
    a = [[0] * 5 for _ in range(5)]
    for at in range(0, len(padded), RATE):
        for i in range(RATE // 8):
            a[i % 5][i // 5] ^= int.from_bytes(padded[at + 8 * i : at + 8 * i + 8], "little")
        a = _permute(a)
    return b"".join(a[i % 5][i // 5].to_bytes(8, "little") for i in range(4))


# secp256k1 (SEC 2), signatures with the nonces of RFC 6979.
P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798, 0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8)


def _add(p, q):
    if p is None or q is None:
        return p or q
    if p[0] == q[0] and (p[1] + q[1]) % P == 0:
        return None
    m = 3 * p[0] * p[0] * pow(2 * p[1], -1, P) if p == q else (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (m * m - p[0] - q[0]) % P
    return x, (m * (p[0] - x) - p[1]) % P


def _multiply(k, p):
    r = None
    while k:
        if k & 1:
            r = _add(r, p)
        p, k = _add(p, p), k >> 1
    return r


def address(key: int) -> str:
    """The account of a key, in the checksum form of EIP-55."""
    x, y = _multiply(key, G)
    text = keccak256(x.to_bytes(32, "big") + y.to_bytes(32, "big"))[12:].hex()
    check = keccak256(text.encode()).hex()
    return "0x" + "".join(c.upper() if int(h, 16) > 7 else c for c, h in zip(text, check))


def sign(key: int, digest: bytes) -> bytes:
    """r || s || v of a digest of 32 bytes, s in the lower half, v 27 or 28."""
    z = int.from_bytes(digest, "big")
    seed = key.to_bytes(32, "big") + (z % N).to_bytes(32, "big")
    k, v = bytes(32), b"\x01" * 32
    for mark in (b"\x00", b"\x01"):
        k = hmac.digest(k, v + mark + seed, "sha256")
        v = hmac.digest(k, v, "sha256")
    while True:
        v = hmac.digest(k, v, "sha256")
        nonce = int.from_bytes(v, "big")
        if 0 < nonce < N:
            x, y = _multiply(nonce, G)
            r = x % N
            s = pow(nonce, -1, N) * (z + r * key) % N
            if r and s and x < N:
                odd = y & 1
                if s > N // 2:
                    s, odd = N - s, odd ^ 1
                return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([27 + odd])
        k = hmac.digest(k, v + b"\x00", "sha256")
        v = hmac.digest(k, v, "sha256")


class Host:
    """A host as one account sees it."""

    def __init__(self, url: str, key: int):
        self.url, self.key, self.token = url.rstrip("/"), key, None

    def call(self, method: str, path: str, body=None):
        """The answer of a request; a refusal is an OSError that says what is wrong and what to do."""
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, data, headers, method=method), timeout=90) as r:
                return r.read()
        except urllib.error.HTTPError as e:
            p = json.loads(e.read())
            raise OSError(f"{p['code']}: {p['detail']}: {p['remedy']}") from None

    def sign_in(self):
        """EIP-4361. The address in the message is the one that was configured, whatever the host says."""
        c = json.loads(self.call("POST", "/v1/session/nonce"))
        if not c["nonce"].isalnum():
            raise OSError("the nonce is not one")
        now = datetime.now(timezone.utc)
        at = lambda t: t.strftime("%Y-%m-%dT%H:%M:%SZ")
        message = (
            f"{urllib.parse.urlsplit(self.url).netloc} wants you to sign in with your Ethereum account:\n{address(self.key)}\n\n"
            f"Show me my jobs and their results.\n\nURI: {self.url}\nVersion: 1\nChain ID: {c['chainId']}\nNonce: {c['nonce']}\n"
            f"Issued At: {at(now)}\nExpiration Time: {at(now + timedelta(minutes=5))}"
        )
        digest = keccak256(b"\x19Ethereum Signed Message:\n%d%s" % (len(message), message.encode()))
        signature = base64.b64encode(sign(self.key, digest)).decode()
        session = json.loads(self.call("POST", "/v1/session", {"message": message, "signature": signature}))
        self.token = session["token"]
        return session

    def jobs(self):
        """All jobs of the account, the latest first."""
        before = 0
        while True:
            page = json.loads(self.call("GET", f"/v1/me/jobs?before={before}"))
            yield from page["jobs"]
            before = page.get("next", 0)
            if not before:
                return

    def releases(self, after: int, wait: int):
        """The creator's next release above a sequence number, in a list; empty if none came in time."""
        return json.loads(self.call("GET", f"/v1/creator/releases?after={after}&wait={wait}"))

    def ack(self, seq: int):
        """Say that up to a sequence number all is answered: it does not come again."""
        self.call("POST", "/v1/creator/acks", {"seq": seq})


def main(url, key_file, what, value="0"):
    with open(key_file) as f:
        host = Host(url, int(f.read().strip().removeprefix("0x"), 16))
    host.sign_in()
    if what == "jobs":
        for job in host.jobs():
            print(json.dumps(job))
    elif what == "export":
        sys.stdout.write(host.call("GET", "/v1/me/export").decode())
    elif what == "releases":
        for r in host.releases(0, int(value)):
            print(json.dumps(r))
    elif what == "ack":
        host.ack(int(value))
    else:
        sys.exit(f"{what}: want jobs, export, releases or ack")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except OSError as e:
        sys.exit(str(e))
