"""Korean briefs."""

import pytest

from filmwright.film.shots.reading import read_brief


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("차분한 과일차 광고", "calm"),
        ("잔잔하고 여유로운 분위기로 천천히", "calm"),
        ("고급스러운 향수 광고", "luxury"),
        ("우아하고 세련된 느낌", "luxury"),
        ("귀엽고 발랄하게", "playful"),
        ("아이들이 좋아하는 재미있는 영상", "playful"),
        ("신나고 역동적인 운동화 광고", "energetic"),
        ("빠른 편집, 강렬하게", "energetic"),
        ("정밀하고 미래적인 기술 제품", "technical"),
        ("자연스럽고 싱그러운 느낌", "natural"),
        ("화려하지 않게, 고급스럽게", "luxury"),
        ("너무 시끄럽거나 튀지 않게", "calm"),
        ("귀여운 느낌 말고 우아하게", "luxury"),
        ("차분하지 않게, 아주 신나게", "energetic"),
        ("약간 귀엽고 아주 고급스러운", "luxury"),
        ("안 화려한 영상", "calm"),
        ("미니멀하게, 시끄러운 음악은 빼주세요", "calm"),
    ],
)
def test_moods(text, mood):
    assert read_brief(text).mood == mood


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("15초 광고", 15),
        ("15초짜리", 15),
        ("십오초 영상", 15),
        ("20 초로 만들어줘", 20),
        ("1분 영상", 60),
        ("1분 30초", 90),
        ("10~12초", 11),
        ("30초 만에 끓는 주전자", 10),
        ("3초마다 컷", 10),
    ],
)
def test_lengths(text, seconds):
    assert read_brief(text).seconds == seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("세로 영상", (720, 1280)),
        ("인스타 릴스용", (720, 1280)),
        ("유튜브 쇼츠", (720, 1280)),
        ("정사각형으로", (720, 720)),
        ("가로 영상", (1280, 720)),
        ("세로줄 무늬 컵", (1280, 720)),
    ],
)
def test_shapes(text, size):
    brief = read_brief(text)
    assert (brief.width, brief.height) == size


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("퓨즈티를 위한 광고", "퓨즈티"),
        ("새로운 퓨즈 티를 위한 차분한 광고", "퓨즈 티"),
        ("우리 브랜드 퓨즈티를 위한 릴스", "퓨즈티"),
        ("이름은 누아르. 고급스럽게", "누아르"),
        ("제품명: 누아르", "누아르"),
        ("누아르라는 제품의 광고", "누아르"),
        ("'퓨즈 티'를 위한 광고", "퓨즈 티"),
        ("아이들을 위한 광고", ""),
        ("인스타그램을 위한 영상", ""),
        ("차분한 광고", ""),
    ],
)
def test_names(text, name):
    assert read_brief(text).name == name


@pytest.mark.parametrize(
    ("text", "tagline"),
    [
        ("차분하게. 「천천히, 한 모금」", "천천히, 한 모금"),
        ("차분하게. 『느리게』", "느리게"),
        ("문구는 '밤의 향기'", "밤의 향기"),
        ("“가자!”라는 카피로", "가자!"),
        ("'천천히'라는 문구를 넣어줘", "천천히"),
        ("《오늘도》", "오늘도"),
    ],
)
def test_taglines(text, tagline):
    assert read_brief(text).tagline == tagline


@pytest.mark.parametrize("text", ["음악 없이", "음악은 빼고", "무음으로", "배경음악 없이", "소리 없는 영상"])
def test_silence(text):
    assert not read_brief(text).music


def test_without_loud_music_is_not_without_music():
    assert read_brief("시끄러운 음악은 빼주세요").music
    assert read_brief("no loud music").music


@pytest.mark.parametrize(
    "text",
    ["파란 배경", "배경은 짙은 녹색", "하얀색 바탕에", "분홍색 스튜디오", "검은 배경에서", "파란색 그라데이션 배경"],
)
def test_backdrops(text):
    assert read_brief(text).backdrop is not None


def test_colours_agree_with_english():
    assert read_brief("파란 배경").backdrop == read_brief("on a blue background").backdrop
    assert read_brief("빨간 컵").backdrop is None
    assert read_brief("흰 배경 말고").backdrop is None


def test_a_whole_brief():
    brief = read_brief("'Fuze Tea'를 위한 차분한 15초 세로 영상, 짙은 녹색 배경, 음악 없이. 「천천히, 한 모금」")
    assert (brief.name, brief.tagline, brief.mood, brief.language) == ("Fuze Tea", "천천히, 한 모금", "calm", "ko")
    assert (brief.seconds, brief.width, brief.height, brief.music) == (15, 720, 1280, False)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("calm", "en"),
        ("차분하게", "ko"),
        ("Fuze Tea 광고를 만들어줘", "ko"),
        ("A spot for 퓨즈 with English words", "en"),
        ("", "en"),
    ],
)
def test_language(text, language):
    assert read_brief(text).language == language
