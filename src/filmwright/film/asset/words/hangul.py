"""Korean letters: syllables apart and together (Unicode 3.12, conjoining jamo behaviour)."""

import re
import unicodedata

LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
TAILS = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
PAIRS = {
    "ㄱㅅ": "ㄳ",
    "ㄴㅈ": "ㄵ",
    "ㄴㅎ": "ㄶ",
    "ㄹㄱ": "ㄺ",
    "ㄹㅁ": "ㄻ",
    "ㄹㅂ": "ㄼ",
    "ㄹㅅ": "ㄽ",
    "ㄹㅌ": "ㄾ",
    "ㄹㅍ": "ㄿ",
    "ㄹㅎ": "ㅀ",
    "ㅂㅅ": "ㅄ",
    "ㅗㅏ": "ㅘ",
    "ㅗㅐ": "ㅙ",
    "ㅗㅣ": "ㅚ",
    "ㅜㅓ": "ㅝ",
    "ㅜㅔ": "ㅞ",
    "ㅜㅣ": "ㅟ",
    "ㅡㅣ": "ㅢ",
}
APART = {whole: pair for pair, whole in PAIRS.items()}
LOOSE = "ㄱ-ㅎㅏ-ㅣ"
SYLLABLE = "가-힣"
_RUN = re.compile(f"(?<![{SYLLABLE}{LOOSE}])[{SYLLABLE}{LOOSE}]*[{LOOSE}](?:[ ._*~-]{{0,2}}[{LOOSE}]|[{SYLLABLE}])*")


def letters(text: str) -> str:
    """Every syllable as the letters it is written with, joined letters apart: 닭 is ㄷㅏㄹㄱ."""
    return "".join(_apart(c) for c in text)


def together(text: str) -> str:
    """Loose letters put into syllables, also where symbols or spaces stand between them: ㅅㅏ.ㄹㅏㅁ is 사람."""
    return _RUN.sub(lambda run: _compose(letters(re.sub(r"[ ._*~-]", "", run[0]))), modern(text))


def modern(text: str) -> str:
    """Conjoining letters (which normalisation makes) as the loose letters of a keyboard."""
    return "".join(_KEYBOARD.get(c, c) for c in text)


def _apart(c: str) -> str:
    if "가" <= c <= "힣":
        lead, rest = divmod(ord(c) - 0xAC00, 588)
        vowel, tail = divmod(rest, 28)
        return LEADS[lead] + "".join(APART.get(v, v) for v in (VOWELS[vowel], TAILS[tail]))
    return APART.get(c, c)


def _compose(keys: str) -> str:
    """Letters as they are typed -> syllables, as a Korean keyboard does it."""
    out, i = [], 0
    while i < len(keys):
        if keys[i] not in LEADS or keys[i + 1 : i + 2] not in [*VOWELS]:
            out.append(keys[i])
            i += 1
            continue
        lead, vowel, i = keys[i], keys[i + 1], i + 2
        if vowel + keys[i : i + 1] in PAIRS:
            vowel, i = PAIRS[vowel + keys[i]], i + 1
        tail = ""
        for num in (2, 1):
            found = keys[i : i + num]
            joined = PAIRS.get(found, found)
            if len(found) == num and joined in TAILS and keys[i + num : i + num + 1] not in [*VOWELS]:
                tail, i = joined, i + num
                break
        out.append(chr(0xAC00 + LEADS.index(lead) * 588 + VOWELS.index(vowel) * 28 + TAILS.index(tail)))
    return "".join(out)


_KEYBOARD = {unicodedata.normalize("NFKC", c): c for c in sorted({*LEADS, *VOWELS, *TAILS} - {""})}
_KEYBOARD |= {chr(0x11A7 + i): tail for i, tail in enumerate(TAILS) if tail}
