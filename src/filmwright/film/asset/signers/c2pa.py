"""Content Credentials (C2PA), with certificates of your own or of an authority; works without a network."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any

from c2pa import Builder, C2paError, C2paSignerInfo, C2paSigningAlg, Context, Reader, Signer
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from filmwright.core.claim import Claim, Signature, State
from filmwright.core.errors import BadAsset, BadFilm, Unverified
from filmwright.core.files import whole
from filmwright.film.asset.authority import known_anchors, own_chain
from filmwright.film.asset.certificates import Chain, chain_in, pem, read_certificates, read_chain, serial_of
from filmwright.film.asset.containers import EMBEDS, manifest_bytes, sidecar_for, sidecars
from filmwright.film.asset.reading import told
from filmwright.film.asset.revocations import revoked
from filmwright.film.asset.statement import SIGNED_BY_US, parent, written
from filmwright.film.asset.states import CONTENT, TRUSTED, in_words, judged

ANY = "application/octet-stream"
UNREADABLE = "The file or its signature is damaged: nothing can be read from it."


class C2pa:
    """Signs with one chain; reads everybody's."""

    def __init__(
        self,
        chain: Chain | None,
        anchors: Path | None,
        timestamp_url: str,
        sign: Callable[[bytes], bytes] | None,
    ) -> None:
        self._chain, self._anchors, self._timestamp_url, self._sign = chain, anchors, timestamp_url, sign

    def sign(self, path: Path, claim: Claim, out: Path) -> Signature:
        """Write a signed copy of `path` to `out`, whole or not at all, and verify it; `out` may be `path` itself.

        A format that can't hold a signature gets it in a sidecar beside `out`. Raises Unverified where what was
        written does not verify, BadFilm where claim, certificate or time-stamp authority won't do, BadAsset for a file
        that is not of its kind.
        """
        if not path.is_file():
            raise BadAsset(f"there is no file {path}.")
        chain = self._chain or own_chain()
        mime = EMBEDS.get(out.suffix.lower())
        definition = written(claim)
        with whole(out) as part:
            store = self._written(path, part, chain, claim, definition, mime)
            with part.open("rb") as file:
                signature = self._look(file, mime or ANY, store, beside=not mime)
            if signature.state != "trusted":
                codes = ", ".join(signature.problems) or "no code"
                raise Unverified(
                    f"{path} was signed, but reads back as {signature.state!r} ({codes}): {signature.says}"
                )
            if not mime:  # first the sidecar: no film ever stands there without its signature
                with whole(sidecar_for(out)) as beside:
                    beside.write_bytes(store)
        return signature

    def read(self, path: Path) -> Signature:
        """The signature of a file, ours or anybody's; state "none" where there is none. Raises BadAsset for no file."""
        if not path.is_file():
            raise BadAsset(f"there is no file {path}.")
        mime, store = EMBEDS.get(path.suffix.lower()), manifest_bytes(path)
        with path.open("rb") as file:
            try:
                return self._look(file, mime, store)
            except C2paError as err:
                if not _unsigned(err) or not any(sidecar.is_file() for sidecar in sidecars(path)):
                    return self._unreadable(err, store)
            try:
                return self._look(file, mime or ANY, store, beside=True)
            except C2paError as err:
                return self._unreadable(err, store)

    def read_stored(self, store: bytes, path: Path | None = None) -> Signature:
        """What a manifest store that was kept says, and with `path`, whether it belongs to that very file.

        A film that was encoded again is "changed" against its stored manifest: who and when still hold.
        """
        try:
            if path is None:
                return self._look(BytesIO(store), "application/c2pa", store, alone=True)
            with path.open("rb") as file:
                return self._look(file, EMBEDS.get(path.suffix.lower(), ANY), store, beside=True)
        except C2paError as err:
            return self._unreadable(err, b"")

    def _written(self, path: Path, part: Path, chain: Chain, claim: Claim, definition: str, mime: str | None) -> bytes:
        failed: list[Exception] = []  # what the C2PA library makes of errors in a callback says nothing
        with self._context() as context, Builder(definition, context) as builder:
            if claim.parent:
                _add_parent(builder, claim)
            if not mime:
                builder.set_no_embed()
            try:
                with path.open("rb") as source, part.open("w+b") as goal, self._signer(chain, failed) as signer:
                    store = builder.sign(signer, mime or ANY, source, goal)
            except C2paError as err:
                raise _explained(err, failed, path, self._timestamp_url) from err
        return store

    def _signer(self, chain: Chain, failed: list[Exception]) -> Signer:
        certificates, url = pem(*chain.certificates), self._timestamp_url or None
        if self._sign is None:
            return Signer.from_info(C2paSignerInfo(chain.algorithm, certificates.encode(), chain.key.encode(), url))
        remote, algorithm = self._sign, chain.algorithm

        def call(content: bytes) -> bytes:
            try:
                return _raw(remote(content), algorithm)
            except Exception as err:
                failed.append(err)
                return b""  # the library takes that for a failure, and logs nothing

        return Signer.from_callback(call, C2paSigningAlg[algorithm.upper()], certificates, url)

    def _look(
        self,
        file: BufferedReader | BytesIO,
        mime: str | None,
        store: bytes,
        *,
        beside: bool = False,
        alone: bool = False,
    ) -> Signature:
        """Read and judge the store that is in a file, `beside` it, or `alone`: then nothing can be said of a film."""
        given = store if beside else None
        with self._context() as context, Reader(mime, file, manifest_data=given, context=context) as reader:
            text, crjson, embedded = reader.json(), reader.crjson(), bool(reader.is_embedded()) and not alone
        results = json.loads(text).get("validation_results", {}).get("activeManifest", {})
        passed, failed = (tuple(r["code"] for r in results.get(kind, [])) for kind in ("success", "failure"))
        problems = tuple(code for code in failed if not (alone and code in CONTENT))
        blank = Signature(state="broken", says=UNREADABLE, embedded=embedded, problems=problems, store=store)
        try:
            found = told(text, crjson, blank)
        except (KeyError, TypeError, AttributeError, ValueError) as err:  # it comes from anybody: any shape may come
            return replace(blank, problems=(*problems, f"not of the standard's form: {err!r}"))
        chain = {found.serial, *(serial_of(c) for c in chain_in(store, found.serial))}
        state: State = judged(problems, passed, revoked=bool(chain & revoked()))
        found = replace(found, state=state, trusted_time="timeStamp.trusted" in passed)
        return replace(found, says=in_words(found, known=TRUSTED in passed))

    def _unreadable(self, err: C2paError, store: bytes) -> Signature:
        """A file that the C2PA library gave up on: unsigned, signed elsewhere, or damaged."""
        if _unsigned(err):
            return Signature(state="none", says="No signature.", embedded=False)
        if str(err).startswith("Remote: "):  # the library has no error class of its own for it
            says = f"No signature in the file; one is said to be at {str(err).rpartition(' ')[2]}, which was not asked."
            return Signature(state="none", says=says, embedded=False)
        if store:  # the film is damaged, a store in it is whole
            with suppress(C2paError):
                found = self._look(BytesIO(store), "application/c2pa", store, alone=True)
                if found.state != "broken":
                    known = found.state in ("trusted", "expired", "revoked")
                    found = replace(found, state="changed", problems=(*found.problems, str(err)))
                    return replace(found, says=f"{in_words(found, known=known)} The file is damaged or put together.")
        return Signature(state="broken", says=UNREADABLE, problems=(str(err),))

    def _context(self) -> Context:
        """Never goes to the network; trusts the maker's own root, the folder of anchors and those given."""
        given = read_certificates(self._anchors.expanduser()) if self._anchors else ()
        roots = (*known_anchors(), *(self._chain.roots if self._chain else ()), *given)
        settings: dict[str, Any] = {
            "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
            "builder": {"thumbnail": {"enabled": False}, "created_assertion_labels": list(SIGNED_BY_US)},
        }
        if roots:
            settings["trust"] = {"user_anchors": pem(*roots)}
        return Context.from_dict(settings)


def build(
    *,
    chain: Path | None = None,
    key: Path | None = None,
    anchors: Path | None = None,
    timestamp_url: str = "",
    sign: Callable[[bytes], bytes] | None = None,
) -> C2pa:
    """Options: a certificate `chain` (PEM, leaf first) and its `key` (PEM), else certificates made at first use;
    `anchors` (PEM), further roots to trust; `timestamp_url` of an RFC 3161 authority, asked at signing. From Python,
    `sign` in place of `key`: bytes to sign -> signature, raw or DER, as a key service gives it.

    Raises BadFilm for options that don't go together and for a chain that won't do.
    """
    if chain is None and (key is not None or sign is not None):
        raise BadFilm("a key or a signing function needs its certificates: give 'chain' too.")
    if chain is not None and (key is None) == (sign is None):
        raise BadFilm(
            "a certificate chain needs either its 'key' or, from Python, a function 'sign'; give one of them."
        )
    if timestamp_url and not timestamp_url.startswith(("http://", "https://")):
        raise BadFilm(f"'timestamp_url' is an address that begins with http:// or https://, got {timestamp_url!r}.")
    given = None
    if chain is not None:
        roots = known_anchors() + (read_certificates(anchors.expanduser()) if anchors else ())
        given = read_chain(chain.expanduser(), key.expanduser() if key else None, roots)
    return C2pa(given, anchors, timestamp_url, sign)


def _unsigned(err: C2paError) -> bool:
    return isinstance(err, (C2paError.ManifestNotFound, C2paError.NotSupported))


def _add_parent(builder: Builder, claim: Claim) -> None:
    assert claim.parent is not None
    mime = EMBEDS.get(claim.parent.suffix.lower(), ANY)
    try:
        with claim.parent.open("rb") as file:
            builder.add_ingredient(parent(claim), mime, file)
    except (OSError, C2paError) as err:
        raise BadAsset(f"cannot read {claim.parent}, the file that was opened: {err}") from err


def _explained(err: C2paError, failed: list[Exception], path: Path, url: str) -> Exception:
    if failed:
        return BadFilm(f"the signing function failed: {failed[0]}")
    text = str(err)
    if url and (url in text or "stamp" in text.lower()):
        return BadFilm(f"the time-stamp authority {url} gave no time stamp ({text}). Try again, or leave it out.")
    if isinstance(err, C2paError.Signature):
        return Unverified(f"{path} could not be signed: {text}")
    return BadAsset(f"{path} could not be signed: {text}. Is it whole, and of the kind that its name says?")


def _raw(signature: bytes, algorithm: str) -> bytes:
    """An ECDSA signature as COSE wants it, r and s side by side; key services give it in DER."""
    size = {"es256": 32, "es384": 48, "es512": 66}.get(algorithm)
    if size is None or len(signature) == 2 * size:
        return signature
    r, s = decode_dss_signature(signature)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")
