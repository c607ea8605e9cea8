"""Reads LMDB data files of format version 2, as docs/format/lmdb-pages.md describes them.

The whole tree is walked with every required check when a file is opened. After that, look-ups and scans
use the list of leaves the walk found, so no branch key is ever relied upon.
"""

import os
import struct
from bisect import bisect_left, bisect_right
from typing import Any, BinaryIO, Iterator, List, NamedTuple, Optional, Tuple

NONE = (1 << 64) - 1
MAGIC = 0xBEEFC0DE
BRANCH, LEAF, OVERFLOW, META = 1, 2, 4, 8
HEADER = 24
PAGE_SIZES = [1 << bits for bits in range(8, 17)]


class LmdbError(Exception):
    pass


class Meta(NamedTuple):
    index: int
    page_size: int
    flags: int
    depth: int
    branch_pages: int
    leaf_pages: int
    overflow_pages: int
    entries: int
    root: int
    last_page: int
    txn: int


class Leaf(NamedTuple):
    keys: List[bytes]
    values: List[Any]  # bytes in the page, or (first page, pages, size) of an overflow run


def parse_meta(raw: bytes, index: int, page_size: int) -> Meta:
    """Section 2, step 2: a meta page that can be used, or the reason why not."""
    if len(raw) < 168:
        raise LmdbError(f"meta page {index} lies beyond the end of the file")
    number, flags = struct.unpack_from("<Q10xH", raw, 0)
    magic, version = struct.unpack_from("<II", raw, 24)
    own_size, = struct.unpack_from("<I", raw, 48)
    main_flags, depth, branch, leaf, overflow, entries, root = struct.unpack_from("<HHQQQQQ", raw, 100)
    last, txn = struct.unpack_from("<QQ", raw, 144)
    if magic != MAGIC:
        raise LmdbError(f"meta page {index} has no LMDB magic number")
    if version & 0xFFFF != 2:
        raise LmdbError(f"meta page {index} has data format version {version & 0xFFFF}, not 2")
    if number != index or not flags & META:
        raise LmdbError(f"meta page {index} has a wrong page header")
    if own_size != page_size:
        raise LmdbError(f"meta page {index} names another page size")
    if last < 1:
        raise LmdbError(f"meta page {index} names no last page")
    if main_flags:
        raise LmdbError(f"meta page {index}: the main database has flags {main_flags:#x}, which are not supported")
    empty = (depth == 0, root == NONE, entries == 0)
    if any(empty) and not all(empty):
        raise LmdbError(f"meta page {index}: the main database is half empty")
    if not any(empty) and (depth > 32 or root < 2):
        raise LmdbError(f"meta page {index}: the main database has an impossible depth or root")
    return Meta(index, own_size, main_flags, depth, branch, leaf, overflow, entries, root, last, txn)


class LmdbFile:
    """The newest committed state of a data file. `warnings` says when it may be one commit old."""

    def __init__(self, path: str, file: Optional[BinaryIO] = None):
        self.path = path
        self.warnings: List[str] = []
        self._cache: "dict[int, Leaf]" = {}
        self._file = open(path, "rb") if file is None else file
        try:
            self._length = self._file.seek(0, os.SEEK_END)
            metas, reasons = self._metas()
            if not metas:
                raise LmdbError("no usable meta page: " + "; ".join(reasons))
            self.warnings += [f"{reason}; what is read may be one commit old" for reason in reasons]
            self.newest = max(meta.txn for meta in metas)
            self._choose(metas)
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        self._file.close()

    # Opening

    def _upto(self, offset: int, size: int) -> bytes:
        try:
            self._file.seek(offset)
            return self._file.read(size)
        except OSError as error:
            raise LmdbError(f"bytes {offset} to {offset + size} cannot be read: {error.strerror}") from None

    def _read(self, offset: int, size: int) -> bytes:
        raw = self._upto(offset, size)
        if len(raw) != size:
            raise LmdbError(f"the file ends before byte {offset + size}")
        return raw

    def _raw_meta(self, offset: int) -> bytes:
        return self._upto(offset, 168)

    def _metas(self) -> Tuple[List[Meta], List[str]]:
        first = self._raw_meta(0)
        found: List[Meta] = []
        reasons: List[str] = []
        sizes = PAGE_SIZES
        try:
            size = struct.unpack_from("<I", first, 48)[0] if len(first) == 168 else 0
            if size not in PAGE_SIZES:
                parse_meta(first, 0, size)
                raise LmdbError(f"meta page 0 names a page size of {size}")
            found.append(parse_meta(first, 0, size))
            sizes = [size]
        except LmdbError as error:
            reasons.append(str(error))
        reason = "meta page 1 is not usable for any page size"
        for size in sizes:
            try:
                found.append(parse_meta(self._raw_meta(size), 1, size))
                break
            except LmdbError as error:
                if len(sizes) == 1:
                    reason = str(error)
        else:
            reasons.append(reason)
        return found, reasons

    def _choose(self, metas: List[Meta]) -> None:
        first_error: Optional[LmdbError] = None
        for meta in sorted(metas, key=lambda m: (-m.txn, m.index)):
            try:
                self._walk(meta)
            except LmdbError as error:
                first_error = first_error or error
                continue
            if first_error:
                self.warnings.append(f"the newest tree is damaged ({first_error}); the commit before it is read instead")
            return
        assert first_error is not None
        raise first_error

    def unchanged(self) -> bool:
        """Whether no transaction was committed since the file was opened (section 2, last paragraph)."""
        for index in (0, 1):
            try:
                if parse_meta(self._raw_meta(index * self.meta.page_size), index, self.meta.page_size).txn > self.newest:
                    return False
            except LmdbError:
                continue
        return True

    # The walk

    def _walk(self, meta: Meta) -> None:
        self.meta = meta
        self._cache.clear()
        self._end = min(meta.last_page + 1, self._length // meta.page_size)
        self._visited = bytearray(self._end)
        self._counts = {BRANCH: 0, LEAF: 0, OVERFLOW: 0}
        self._entries = 0
        self._leaves: List[int] = []
        self._firsts: List[bytes] = []
        self._previous: Optional[bytes] = None
        if meta.depth:
            self._visit(meta.root, 1)
        counted = (self._counts[BRANCH], self._counts[LEAF], self._counts[OVERFLOW], self._entries)
        if counted != (meta.branch_pages, meta.leaf_pages, meta.overflow_pages, meta.entries):
            raise LmdbError(f"the tree has {counted} branch, leaf and overflow pages and entries, which is not what meta page {meta.index} says")
        del self._visited

    def _mark(self, first: int, count: int) -> None:
        for number in range(first, first + count):
            if self._visited[number]:
                raise LmdbError(f"page {number} is used twice")
            self._visited[number] = 1

    def _visit(self, number: int, level: int) -> None:
        self._usable(number, 1)
        self._mark(number, 1)
        if level < self.meta.depth:
            children = self._branch(number)
            self._counts[BRANCH] += 1
            for child in children:
                self._visit(child, level + 1)
            return
        leaf = self._parse_leaf(number)
        self._counts[LEAF] += 1
        self._entries += len(leaf.keys)
        if self._previous is not None and leaf.keys[0] <= self._previous:
            raise LmdbError(f"page {number}: keys are out of order")
        self._previous = leaf.keys[-1]
        self._leaves.append(number)
        self._firsts.append(leaf.keys[0])
        for value in leaf.values:
            if not isinstance(value, bytes):
                first, pages, _ = value
                self._check_run(first, pages)
                self._mark(first, pages)
                self._counts[OVERFLOW] += pages

    def _usable(self, number: int, count: int) -> None:
        if not (2 <= number and number + count <= self._end):
            raise LmdbError(f"page {number} is outside the file or the tree")

    def _page(self, number: int, kind: int) -> Tuple[bytes, int]:
        """A branch or leaf page with its header checked, and its number of nodes."""
        size = self.meta.page_size
        page = self._read(number * size, size)
        self._check_header(page, number, kind)
        lower, upper = struct.unpack_from("<HH", page, 20)
        if lower & 1 or not lower <= upper <= size - HEADER:
            raise LmdbError(f"page {number}: impossible free space")
        if lower // 2 < (2 if kind == BRANCH else 1):
            raise LmdbError(f"page {number}: too few nodes")
        return page, lower // 2

    def _check_header(self, page: bytes, number: int, kind: int) -> None:
        own, txn, flags = struct.unpack_from("<QQ2xH", page, 0)
        if own != number:
            raise LmdbError(f"page {number}: its header says {own}")
        if txn > self.meta.txn:
            raise LmdbError(f"page {number}: written after the commit that is read")
        if flags & 0x0F != kind or flags & 0x60:
            raise LmdbError(f"page {number}: unexpected kind {flags:#x}")

    def _nodes(self, page: bytes, number: int, count: int) -> Iterator[Tuple[int, int, int, int, int]]:
        """(position of the key, key size, and the three u16 in front) of each node."""
        size = self.meta.page_size
        upper, = struct.unpack_from("<H", page, 22)
        for ptr in struct.unpack_from(f"<{count}H", page, HEADER):
            if ptr & 1 or not upper <= ptr <= size - 32:
                raise LmdbError(f"page {number}: a node lies outside")
            a, b, c, key_size = struct.unpack_from("<HHHH", page, HEADER + ptr)
            if HEADER + ptr + 8 + key_size > size:
                raise LmdbError(f"page {number}: a key runs over the end")
            yield HEADER + ptr + 8, key_size, a, b, c

    def _branch(self, number: int) -> List[int]:
        page, count = self._page(number, BRANCH)
        return [a | b << 16 | c << 32 for _, _, a, b, c in self._nodes(page, number, count)]

    def _parse_leaf(self, number: int) -> Leaf:
        page, count = self._page(number, LEAF)
        keys: List[bytes] = []
        values: List[Any] = []
        for at, key_size, low, high, flags in self._nodes(page, number, count):
            size = low | high << 16
            if flags & 2:
                raise LmdbError(f"page {number}: holds a named database, which is not supported")
            if flags not in (0, 1) or key_size < 1:
                raise LmdbError(f"page {number}: a node has an unexpected kind")
            start = at + key_size
            length = 24 if flags else size
            if start + length > self.meta.page_size:
                raise LmdbError(f"page {number}: a value runs over the end")
            key = page[at:start]
            if keys and key <= keys[-1]:
                raise LmdbError(f"page {number}: keys are out of order")
            keys.append(key)
            if flags:
                first, _, pages = struct.unpack_from("<QQQ", page, start)
                if not 1 <= pages <= self.meta.last_page or HEADER + size > pages * self.meta.page_size:
                    raise LmdbError(f"page {number}: an overflow run of impossible length")
                values.append((first, pages, size))
            else:
                values.append(page[start:start + size])
        return Leaf(keys, values)

    def _check_run(self, first: int, pages: int) -> None:
        self._usable(first, pages)
        header = self._read(first * self.meta.page_size, HEADER)
        self._check_header(header, first, OVERFLOW)
        if struct.unpack_from("<I", header, 20)[0] != pages:
            raise LmdbError(f"page {first}: an overflow run of another length than its reference")

    # Reading

    def _leaf(self, index: int) -> Leaf:
        leaf = self._cache.get(index)
        if leaf is None:
            if len(self._cache) >= 64:
                self._cache.pop(next(iter(self._cache)))
            leaf = self._cache[index] = self._parse_leaf(self._leaves[index])
        return leaf

    def _value(self, value: Any) -> bytes:
        if isinstance(value, bytes):
            return value
        first, pages, size = value
        self._check_run(first, pages)
        return self._read(first * self.meta.page_size + HEADER, size)

    def get(self, key: bytes) -> Optional[bytes]:
        for found, value in self.scan(key):
            return value if found == key else None
        return None

    def scan(self, prefix: bytes = b"", values: bool = True) -> Iterator[Tuple[bytes, bytes]]:
        """Pairs whose key begins with `prefix`, in order; without `values` every value is empty."""
        index = max(0, bisect_right(self._firsts, prefix) - 1)
        at = -1
        while index < len(self._leaves):
            leaf = self._leaf(index)
            at = bisect_left(leaf.keys, prefix) if at < 0 else 0
            for position in range(at, len(leaf.keys)):
                key = leaf.keys[position]
                if not key.startswith(prefix):
                    return
                yield key, self._value(leaf.values[position]) if values else b""
            index += 1

    def any(self, prefix: bytes) -> bool:
        return next(self.scan(prefix, values=False), None) is not None

    def __len__(self) -> int:
        return self.meta.entries
