"""Reference functions: cells of a CSV file, identifiers, signatures."""
import base64
import csv
import hashlib
import hmac
import io
import re
import uuid

GUARDED = re.compile("^'*[=+\\-@\t\r＝＋－＠]")


def guard(cell):
    return "'" + cell if GUARDED.match(cell) else cell


def unguard(cell):
    return cell[1:] if cell.startswith("'") and GUARDED.match(cell) else cell


def csv_line(i):
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([guard(c) for c in i["cells"]])
    return {"text": "\ufeff" + out.getvalue()}


ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"


def ifc(i):
    n = uuid.UUID(i["uuid"]).int
    text = "".join(ALPHABET[n >> (6 * k) & 63] for k in range(21, -1, -1))
    back = 0
    for c in text:
        back = back << 6 | ALPHABET.index(c)
    assert back == n and text[0] in "0123"
    return {"guid": text}


def webhook(i):
    key = base64.b64decode(i["secret"][len("whsec_"):])
    signed = "%s.%s.%s" % (i["id"], i["timestamp"], i["body"])
    return {"signature": "v1," + base64.b64encode(hmac.new(key, signed.encode("utf-8"), hashlib.sha256).digest()).decode()}
