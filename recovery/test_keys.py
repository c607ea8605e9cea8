"""Tests of every way to the keys: root key files, passphrases, recovery kits and their shares, several master key versions."""

import itertools
import json
import os
import unittest
from typing import List

from test_recovery import Folder

from keys import Masters
from kits import at_zero, inverse, multiply, open_kit
from synthetic import Maker, value_at

WORDS = "orbit lantern velvet quarry"


class Files(Folder):
    def file(self, name: str, text: str) -> str:
        with open(self.path(name), "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return self.path(name)


class Keys(Files):
    def whole(self, *argv: str) -> None:
        self.assertEqual(self.get("inline", *argv), b"hello")
        code, out, err = self.run_it("check", *argv)
        self.assertEqual((code, err), (0, ""), out)
        self.assertIn("master keys: 1 (retained), 2 (current), 9 (destroyed)\n", out)

    def lose_keys(self) -> None:
        os.unlink(self.data + ".root-key")
        for name in os.listdir(os.path.join(self.data, "keys")):
            os.unlink(os.path.join(self.data, "keys", name))

    def test_versions_are_named(self) -> None:
        self.write()
        self.whole()
        _, out, _ = self.run_it("list", "--json")
        self.assertEqual(json.loads(out)["masterKeys"], {"1": "retained", "2": "current", "9": "destroyed"})

    def test_a_renewal_of_the_root_key_that_was_interrupted(self) -> None:
        m = self.write()
        os.rename(self.data + ".root-key", self.data + ".root-key.new")
        m.root_key = os.urandom(32)
        self.file("data.root-key", m.root_key_text())
        self.whole()
        self.file("data.root-key.new", Maker().root_key_text())
        self.refuse(2, "does not open under the root key", "list")

    def test_passphrase(self) -> None:
        m = self.maker()
        m.passphrase = "café " + WORDS
        m.write(self.data)
        os.unlink(self.data + ".root-key")
        for text in (m.passphrase, m.passphrase + "\n", m.passphrase + "\r\n", "cafe\u0301 " + WORDS):
            self.whole("--passphrase-file", self.file("words", text))
        self.refuse(2, "does not open with this passphrase", "list", "--passphrase-file", self.file("words", WORDS))
        self.refuse(2, "not one line of text", "list", "--passphrase-file", self.file("words", "two\nlines"))
        self.refuse(2, "no terminal to ask on", "list")

    def test_other_keepers_point_to_a_kit(self) -> None:
        m = self.maker()
        real = m.keyring
        m.keyring = lambda: real().replace(b'"file"', b'"tape"')  # type: ignore[method-assign]
        m.write(self.data)
        self.refuse(2, "a keeper of kind 'tape', which this program does not ask\n  fix: use a recovery kit", "list")
        self.whole("--kit", self.file("kit", m.passphrase_kit(WORDS)), "--passphrase-file", self.file("words", WORDS))

    def test_a_kit_with_a_passphrase(self) -> None:
        m = self.write()
        kit, words = self.file("kit", m.passphrase_kit(WORDS)), self.file("words", WORDS + "\n")
        self.lose_keys()
        self.whole("--kit", kit, "--passphrase-file", words)
        self.refuse(2, "kit: does not open with this passphrase", "list", "--kit", kit, "--passphrase-file", self.file("words", WORDS + "s"))
        self.refuse(2, "kit: opens with a passphrase, not with shares", "list", "--kit", kit, "--share", kit)
        self.refuse(2, "--share goes with --kit", "list", "--share", kit)
        self.refuse(2, "of another store|does not open this store", "list", "--kit", self.file("kit", Maker().passphrase_kit(WORDS)),
                    "--passphrase-file", self.file("words", WORDS))
        for change in (("memory 64", "memory 9999999"), ("passes 1", "passes 99")):
            self.refuse(2, "'check' does not fit", "list", "--kit", self.file("kit", m.passphrase_kit(WORDS).replace(*change)), "--passphrase-file", words)

    def test_a_kit_that_asks_for_too_much(self) -> None:
        m = self.write()
        text, _ = m.kit(f"lock passphrase\nsalt {'00' * 16}\nmemory 2000000\npasses 1\nlanes 2\n", bytes(32))
        self.refuse(2, "kit: asks for more work", "list", "--kit", self.file("kit", text), "--passphrase-file", self.file("words", WORDS))

    def test_any_k_of_n_shares(self) -> None:
        m = self.write()
        self.lose_keys()
        for count, threshold in ((2, 2), (3, 2), (5, 3)):
            text, shares = m.split_kit(count, threshold)
            kit = self.file("kit", text)
            files = [self.file(f"share-{number}", share) for number, share in enumerate(shares)]
            for chosen in itertools.permutations(files, threshold):
                self.assertEqual(self.run_it("list", "--kit", kit, *given(chosen))[0], 0)
            few = files[:threshold - 1]
            self.refuse(2, f"opens with {threshold} different shares, and {threshold - 1} are given", "list", "--kit", kit, *given(few))
            self.refuse(2, "share-0: the same share as .*share-0", "list", "--kit", kit, *given([files[0]] * threshold))
        self.whole("--kit", kit, *given(files[1:4]))
        _, others = m.split_kit(2, 2)
        self.refuse(2, "other: a share of the kit [0-9a-f]{32}, not of", "list", "--kit", kit, *given([self.file("other", others[0])]))

    def test_damaged_kits_and_shares_are_named(self) -> None:
        m = self.write()
        text, shares = m.split_kit(2, 2)
        kit, files = self.file("kit", text), [self.file(f"share-{number}", share) for number, share in enumerate(shares)]
        for name, whole in (("kit", text), ("share-0", shares[0])):
            for at in range(0, len(whole) - 1, 7):
                self.file(name, whole[:at])
                self.refuse(2, name, "list", "--kit", kit, *given(files))
            for at in range(0, len(whole) - 1, 5):
                if whole[at] != "#" and not whole.startswith("# a kit", at - at % 8):
                    self.file(name, whole[:at] + ("0" if whole[at] != "0" else "1") + whole[at + 1:])
                    code, _, err = self.run_it("list", "--kit", kit, *given(files))
                    self.assertTrue(code == 0 or f"/{name}: " in err, (at, err))
            self.file(name, whole)
        self.assertEqual(self.run_it("list", "--kit", kit, *given(files))[0], 0)

    def test_a_kit_of_another_time(self) -> None:
        m = self.maker()
        words = ("--passphrase-file", self.file("words", WORDS))
        current, m.current = m.current, 1
        newest = m.masters.pop(2)
        m.generation -= 1
        older = self.file("older", m.passphrase_kit(WORDS))
        m.masters[2], m.current, m.generation = newest, current, m.generation + 2
        newer = self.file("newer", m.passphrase_kit(WORDS))
        m.generation -= 1
        m.write(self.data)
        self.refuse(2, "older: does not open this store: keyring row: sealed under master key 2, which is not in the keyring", "list", "--kit", older, *words)
        code, _, err = self.run_it("check", "--kit", newer, *words)
        self.assertEqual(code, 1, err)
        self.assertIn("newer: holds keyring generation 4, and the store is at 3", err)

    def test_canaries(self) -> None:
        m = self.maker()
        m.canaries = False
        m.write(self.data)
        self.whole()
        self.data = self.path("other")
        m = self.maker()
        m.finish()
        before = m.rows[b"\2"]
        m.masters[1] = os.urandom(32)
        m.write(self.data, lambda maker: maker.rows.update({b"\2": before}))
        self.refuse(2, "master key 1 does not open the canary of that version", "list")


def given(files) -> List[str]:  # type: ignore[no-untyped-def]
    return [word for file in files for word in ("--share", file)]


class FrozenKits(Files):
    """tests/vectors/coffer-1-recovery-kits.json."""

    def setUp(self) -> None:
        super().setUp()
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/vectors/coffer-1-recovery-kits.json"), encoding="utf-8") as file:
            self.v = json.load(file)

    def opened(self, name: str, shares: List[str], words: str = "") -> None:
        store_id, keyring = open_kit(self.file("kit", self.v[name]["kit"]), shares, lambda: words)
        self.assertEqual((store_id.hex(), keyring.generation, keyring.current), (self.v["storeId"], self.v["generation"], self.v["current"]))
        self.assertEqual({str(n): key.hex() for n, key in keyring.masters.items()}, self.v["masterKeys"])
        self.assertEqual(keyring.states[1], "destroyed")
        masters = Masters(store_id, keyring)
        for version, canary in self.v["canaries"].items():
            self.assertTrue(masters.opens_canary(int(version), bytes.fromhex(canary)))

    def test_passphrase(self) -> None:
        self.opened("passphrase", [], self.v["passphrase"]["passphrase"])

    def test_shares(self) -> None:
        files = [self.file(f"share-{number}", share) for number, share in enumerate(self.v["shares"]["shares"])]
        for chosen in itertools.combinations(files, 3):
            self.opened("shares", list(chosen))


class Field(unittest.TestCase):
    def test_field(self) -> None:
        self.assertEqual(multiply(0x57, 0x83), 0xC1)  # FIPS 197, section 4.2
        self.assertEqual(multiply(0x57, 0x13), 0xFE)
        for a in range(1, 256):
            self.assertEqual(multiply(a, inverse(a)), 1)
        polynomial = [0x2A, 7, 200, 255]
        points = [(x, value_at(polynomial, x)) for x in (1, 90, 91, 255)]
        self.assertEqual(at_zero(points), 0x2A)
