"""Protobuf's wire format, CRC-32C and RFC 3339 by hand, so that the hub is checked by code that
shares nothing with it. Field numbers are those of proto/commonwatch/v1."""

import datetime
import re
import struct

UTC = datetime.timezone.utc


class Fixed64(int):
    """Written as 8 bytes, little-endian."""


class Double(float):
    """Written as 8 bytes, little-endian."""


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, value):
    if isinstance(value, Fixed64):
        return varint(number << 3 | 1) + struct.pack("<Q", value)
    if isinstance(value, float):
        return varint(number << 3 | 1) + struct.pack("<d", value)
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def message(*pairs):
    """message((1, "name"), (4, 7)) gives the bytes."""
    return b"".join(field(number, value) for number, value in pairs)


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data):
    """(number, value) in order; value is int or bytes (fixed64: int)."""
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = read_varint(data, at)
        elif kind == 1:
            value, at = struct.unpack_from("<Q", data, at)[0], at + 8
        elif kind == 2:
            length, at = read_varint(data, at)
            value, at = bytes(data[at:at + length]), at + length
            if len(value) != length:
                raise ValueError("a field ends behind its message")
        elif kind == 5:
            value, at = struct.unpack_from("<I", data, at)[0], at + 4
        else:
            raise ValueError(f"wire type {kind}")
        yield key >> 3, value


def get(data, number, default=None):
    """The last value of a field."""
    for found, value in fields(data):
        if found == number:
            default = value
    return default


def get_all(data, number):
    return [value for found, value in fields(data) if found == number]


def timestamp(moment):
    """google.protobuf.Timestamp of a datetime, as bytes."""
    micros = round((moment - datetime.datetime(1970, 1, 1, tzinfo=UTC))
                   / datetime.timedelta(microseconds=1))
    seconds, rest = divmod(micros, 1_000_000)
    return message(*((n, v) for n, v in ((1, seconds), (2, rest * 1000)) if v))


def rfc3339(moment):
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def nanoseconds(text):
    """Since 1970, from RFC 3339 in UTC with up to nine decimals."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z", text)
    if not match:
        raise ValueError(f"not a time in UTC: {text!r}")
    moment = datetime.datetime.fromisoformat(match.group(1)).replace(tzinfo=UTC)
    return int(moment.timestamp()) * 10**9 + int((match.group(2) or "").ljust(9, "0"))


def _crc_table():
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        yield byte


_CRC_TABLE = tuple(_crc_table())


def crc32c(data, crc=0):
    """Castagnoli, RFC 3720 appendix B.4; `crc` continues an earlier one."""
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


assert crc32c(b"123456789") == 0xE3069283  # the check value of the polynomial's catalogue entry
