"""The English vocabulary: plain tables. A `*` stands for any letters, a space for spaces or a hyphen."""

from filmwright.film.shots.brief import MoodName

from .table import entries, pairs

MOODS: dict[MoodName, tuple[str, ...]] = {
    "calm": entries(
        """
        calm*, peaceful*, peace, serene*, serenity, tranquil*, quiet*, gentle, gently, gentleness, soft, softly,
        slow, slowly, slow down, unhurried, relax*, sooth*, restful, zen, still, mellow, meditative, mindful*,
        breathe, breathing, minimal, minimalist*, understated, cozy, cosy, dreamy, subtle, subtly, leisurely,
        take your time, unwind, hushed, delicate*, contemplative, laid back, low key, easy going, simple, simplicity,
        restrained, toned down
        """
    ),
    "luxury": entries(
        """
        luxur*, premium, elegan*, high end, opulen*, exclusive, exclusivity, sophisticat*, refined, rich, richly,
        prestig*, glamor*, glamour*, lavish, posh, upscale, upmarket, classy, couture, haute, sumptuous, gold,
        golden, velvet*, deluxe, decadent, indulgent, indulgence, cinematic, dramatic, moody, sensual, seductive,
        silky, regal, royal, timeless, first class, black tie, chic, expensive, precious, noble, boutique,
        exquisite*, five star
        """
    ),
    "playful": entries(
        """
        playful*, fun, funny, cheer*, happy, happiness, joy, joyful*, joyous, cute, quirky, whimsical, whimsy,
        bubbly, bouncy, kids, kid, childlike, children, silly, lighthearted, light hearted, colorful, colourful,
        candy, cartoon*, jolly, smile*, smiling, goofy, witty, humor*, humour*, toy like, sunny, upbeat, pop art,
        friendly, giggl*, cheeky, party, bright and happy, pastel colors, pastel colours
        """
    ),
    "energetic": entries(
        """
        energetic*, energy, high energy, dynamic*, fast, fast paced, fast cuts, quick cuts, quick, sporty, sport,
        sports, athletic, power, powerful*, intense, intensity, bold, boldly, punchy, loud, explosive, adrenaline,
        rush, action, hype, hyped, flashy, edgy, extreme, rock, techno, vibrant, electric, electrifying, exciting,
        excitement, busy, hectic, wild, driving beat, upbeat tempo, beat driven, rhythmic, aggressive, thrill*,
        kinetic, rapid, speed, speedy, pumping, in your face, street, urban, neon, frantic, lively, get going
        """
    ),
    "technical": entries(
        """
        technical*, tech, technolog*, precise*, precision, engineer*, industrial, scientific, science, futuristic,
        future, high tech, hi tech, clinical, sleek, modern, specs, specification*, blueprint, machin*, mechanic*,
        sterile, innovat*, cutting edge, state of the art, explod*, performance, robot*, digital, analytic*,
        functional, informative, educational, explain*, data driven, laboratory, lab, geeky, nerdy, metallic,
        aerospace, matter of fact, sober
        """
    ),
    "natural": entries(
        """
        natural*, nature, organic*, earthy, earth, eco, eco friendly, green living, sustainab*, botanical, fresh,
        freshness, freshly, raw, rustic, wholesome, outdoor*, garden, forest, handmade, hand made, handcrafted,
        artisan*, homemade, pure, purity, sunlit, daylight, sunlight, warm, warmth, wooden, wood, leaf, leaves,
        honest, authentic, down to earth, farm, countryside, morning light, healthy, health, vegan, plant based,
        environment*, linen
        """
    ),
}
# What is sold says a little about how to sell it; it counts only a quarter.
PRODUCTS: dict[MoodName, tuple[str, ...]] = {
    "calm": entries("tea, candle*, spa, bath, pillow*, blanket*, vase*, lamp*"),
    "luxury": entries(
        """
        perfume*, fragrance*, watch, watches, jewel*, ring, whisky, whiskey, champagne, wine
        """
    ),
    "playful": entries(
        """
        toy, toys, duck*, sweets, lollipop*, ice cream, game, games, bubble tea
        """
    ),
    "energetic": entries("sneaker*, energy drink*, running, bike*, skateboard*, gym, football*, drum*"),
    "technical": entries(
        """
        laptop*, phone*, headphone*, camera*, drone*, tool*, drill*, fan, engine*, printer*
        """
    ),
    "natural": entries(
        """
        honey, olive oil, skincare, soap*, plant*, vegetable*, bread, barrel*, basket*
        """
    ),
}
NEGATORS = entries(
    """
    not, no, never, without, nothing, none, avoid, avoiding, less, neither, nor, hardly, isn't, isnt, don't, dont,
    aren't, shouldn't, won't, doesn't, can't, cannot, skip, minus, rather than, instead of, anything but, far from,
    free of, stop being
    """
)
NOT_NEGATORS = entries(
    """
    not only, not just, not merely, nothing but, no doubt, never less than
    """
)
STRONGER = entries(
    """
    very, really, super, extremely, truly, highly, ultra, deeply, mostly, above all, so
    """
)
WEAKER = entries(
    """
    slightly, a bit, a little, a touch of, touch of, a hint of, hint of, somewhat, subtly, kind of
    """
)
NUMBERS = {
    name: int(value)
    for name, value in pairs(
        """
        three 3, four 4, five 5, six 6, seven 7, eight 8, nine 9, ten 10, eleven 11, twelve 12, thirteen 13,
        fourteen 14, fifteen 15, sixteen 16, eighteen 18, twenty 20, twenty-five 25, thirty 30, forty 40,
        forty-five 45, sixty 60, ninety 90, one 1, two 2
        """
    ).items()
}
# sRGB, as a paint shop would call them.
COLOURS = pairs(
    """
    red c8202a, crimson a3122f, burgundy 5e1224, maroon 601420, scarlet cf2a1b, terracotta b5603f, rust 9c4a24,
    coral ee7b64, salmon f0907c, orange e87722, apricot f2b27a, peach f5c3a0, amber e29a1c, gold c29a48,
    golden c29a48, mustard c9982b, yellow f0c928, lemon f5e05a, cream f1e7d0, ivory f3eddc, beige d9c8ab,
    sand d3bd97, tan c3a077, brown 6b4428, chocolate 4a2c1d, caramel b9793c, olive 6d6e30, lime a5cc3a, green 3c8a4b,
    forest green 1f4a2e, emerald 15724f, sage 9aab8a, mint b5dcc6, teal 1d6d70, turquoise 34b3ad, cyan 3cb8d0,
    sky blue 92c5e8, sky 92c5e8, blue 2f62b5, navy 15233f, navy blue 15233f, cobalt 1c44a4, royal blue 2748b0,
    indigo 34307e, violet 6a3fa0, purple 6c3a8e, lavender c0b2de, lilac c9aede, plum 5b2a4f, magenta c0307f,
    pink eba3b8, rose d98a98, fuchsia cc2f80, white f4f4f2, off-white efece5, off white efece5, grey 8b8d8f,
    gray 8b8d8f, silver b9bcc0, charcoal 2c2e31, slate 55606b, graphite 3a3c40, black 0c0c0d, midnight blue 10183a
    """
)
# What a word does to a colour: "light x saturation".
SHADES: dict[str, tuple[float, float]] = {
    name: (float(value.split("x")[0]), float(value.split("x")[1]))
    for name, value in pairs(
        """
        deep 0.5x1.15, dark 0.45x1, rich 0.8x1.2, light 1.35x0.6, pale 1.45x0.45, soft 1.15x0.65, pastel 1.4x0.5,
        bright 1.2x1.15, vivid 1.1x1.3, muted 0.95x0.55, dusty 0.95x0.55, warm 1x1, cool 1x1, very 1x1, plain 1x1,
        pure 1x1, smooth 1x1, clean 1x1, matte 1x0.9, neutral 1x0.6, hot 1x1.35, baby 1.35x0.6, bottle 0.45x1.1,
        racing 0.4x1.15, solid 1x1, simple 1x1, seamless 1x1, gentle 1.1x0.7, faded 1.15x0.5
        """
    ).items()
}
SETS = r"(?:back ?ground|backdrop|bg|set|studio|wall|seamless|cyclorama|cyc|sweep|paper|gradient|surface|stage)"

# Words after "for" that say where, when or to whom, and so name no product.
NOT_NAMES = frozenset(
    entries(
        """
        a, ads, amazon, an, april, august, autumn, black, christmas, cinema, december, easter, english, etsy, europe,
        facebook, fall, father's, february, friday, gen, halloween, i, instagram, it, january, july, june, kids,
        korea, korean, linkedin, march, may, media, men, monday, mother's, new, november, october, our, pinterest,
        reel, reels, september, shopify, shorts, social, spring, stories, story, summer, that, the, this, tiktok, tv,
        twitter, valentine's, we, web, winter, women, x, xmas, year, youtube
        """
    )
)
