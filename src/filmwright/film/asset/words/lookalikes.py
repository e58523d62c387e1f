"""Letters that stand for others: foreign look-alikes, digits and signs."""

_FOREIGN = {
    "a": "аɑαᴀ∂ªа", "b": "ьвβʙЬВΒ", "c": "сϲᴄС¢ⅽ", "d": "ԁᴅđɗⅾ", "e": "еєεᴇЕΕ€ёэ", "f": "ƒғꜰϝ", "g": "ɡԍɢɠց",
    "h": "нһʜНΗħհ", "i": "іιɪıІΙɩ¡ї", "j": "јʝᴊϳЈ", "k": "кκᴋКΚҝ", "l": "ӏʟⅼłɭΙ", "m": "мᴍМΜⅿ", "n": "пηɴΝոи",
    "o": "оοσᴏОΟøօө", "p": "рρᴘРΡ", "q": "ԛϙ", "r": "гʀяᴦ", "s": "ѕꜱЅʂ", "t": "тτᴛТΤŧ", "u": "υᴜսцμ", "v": "νѵᴠ",
    "w": "ԝωᴡшɯ", "x": "хχХΧ×ҳ", "y": "уʏγУΥү", "z": "ᴢΖʐ",
}  # fmt: skip
FOREIGN = {alike: latin for latin, all_alike in _FOREIGN.items() for alike in all_alike}
FOREIGN |= {chr(start + i): chr(97 + i) for start in (0x1F150, 0x1F170, 0x1F1E6) for i in range(26)}  # in boxes
SIGNS = {
    "0": "o",
    "1": "il",
    "2": "z",
    "3": "e",
    "4": "a",
    "5": "s",
    "6": "gb",
    "7": "t",
    "8": "b",
    "9": "g",
    "@": "a",
    "$": "s",
    "!": "il",
    "|": "il",
    "+": "t",
    "(": "c",
    "£": "e",
    "€": "e",
    "#": "h",
    "%": "x",
}  # what a digit or sign within a word may stand for, the likeliest first
