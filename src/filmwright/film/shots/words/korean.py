"""The Korean vocabulary: plain tables. Entries are stems, found inside words; a space stands for an optional space."""

from filmwright.film.shots.brief import MoodName

from .table import entries, pairs

MOODS: dict[MoodName, tuple[str, ...]] = {
    "calm": entries(
        """
        차분, 잔잔, 고요, 평온, 조용, 느긋, 느린, 느리게, 천천히, 편안, 부드러, 부드럽, 은은, 여유, 평화, 힐링, 명상,
        쉬어, 휴식, 미니멀, 심플, 담백, 아늑, 포근, 나른, 정적인
        """
    ),
    "luxury": entries(
        """
        고급, 럭셔리, 우아, 프리미엄, 명품, 세련, 품격, 호화, 귀족, 고혹, 격조, 황금, 시네마틱, 영화 같, 매혹, 관능,
        럭셔, 하이엔드, 기품, 중후, 드라마틱, 값비싼, 특별한 날
        """
    ),
    "playful": entries(
        """
        발랄, 귀여, 귀엽, 재미, 재밌, 유쾌, 장난, 즐거, 즐겁, 깜찍, 밝고, 명랑, 아기자기, 동화, 알록달록, 키치,
        통통 튀, 어린이, 아이들, 사랑스러, 사랑스럽, 위트, 신기한, 행복
        """
    ),
    "energetic": entries(
        """
        에너지, 역동, 다이나믹, 다이내믹, 신나, 빠른, 빠르게, 강렬, 활기, 스포티, 파워풀, 화려, 박진감, 힙한, 힙하,
        강한 비트, 폭발, 격렬, 짜릿, 열정, 생동, 시끄러, 시끄럽, 튀지, 튀는, 자극적, 요란, 스트릿, 속도감, 리드미컬,
        과감
        """
    ),
    "technical": entries(
        """
        기술, 테크, 정밀, 미래, 첨단, 공학, 과학, 기계, 모던, 사이버, 엔지니어, 성능, 스펙, 정교, 산업, 혁신, 설계,
        로봇, 실험실, 하이테크, 디지털, 기능, 이성적
        """
    ),
    "natural": entries(
        """
        자연, 내추럴, 내츄럴, 친환경, 유기농, 오가닉, 싱그러, 싱그럽, 건강, 청량, 상쾌, 따뜻, 따듯, 햇살, 햇빛, 순수,
        숲, 신선, 수제, 핸드메이드, 소박, 정직, 비건, 나무 같, 흙, 싱싱
        """
    ),
}
# What is sold says a little about how to sell it; it counts only a quarter.
PRODUCTS: dict[MoodName, tuple[str, ...]] = {
    "calm": entries(
        """
        과일차, 녹차, 홍차, 캔들, 향초, 베개, 이불, 꽃병, 조명
        """
    ),
    "luxury": entries("향수, 시계, 보석, 반지, 목걸이, 위스키, 샴페인, 와인"),
    "playful": entries("장난감, 오리, 사탕, 젤리, 아이스크림, 게임"),
    "energetic": entries("운동화, 스니커즈, 에너지 음료, 자전거, 스케이트보드, 축구"),
    "technical": entries(
        """
        노트북, 휴대폰, 스마트폰, 헤드폰, 이어폰, 카메라, 드론, 선풍기, 공구, 엔진
        """
    ),
    "natural": entries("꿀, 올리브유, 화장품, 비누, 화분, 채소, 빵, 바구니"),
}
STRONGER = entries(
    """
    아주, 매우, 정말, 무척, 굉장히, 엄청, 진짜, 훨씬, 특히
    """
)
WEAKER = entries(
    """
    약간, 조금, 살짝, 다소, 좀
    """
)
# Sino-Korean numerals as people write them out before 초.
NUMBERS = {
    name: int(value)
    for name, value in pairs(
        """
        삼 3, 사 4, 오 5, 육 6, 칠 7, 팔 8, 구 9, 십 10, 십이 12, 십오 15, 이십 20, 이십오 25, 삼십 30, 사십 40,
        사십오 45, 오십 50, 육십 60, 구십 90, 일 1, 이 2
        """
    ).items()
}
# sRGB, as a paint shop would call them.
COLOURS = pairs(
    """
    빨간 c8202a, 빨강 c8202a, 붉은 b02a2c, 레드 c8202a, 버건디 5e1224, 와인색 5e1224, 주황 e87722, 오렌지 e87722,
    살구 f2b27a, 복숭아 f5c3a0, 코랄 ee7b64, 황금 c29a48, 금색 c29a48, 골드 c29a48, 노란 f0c928, 노랑 f0c928,
    옐로 f0c928, 겨자 c9982b, 크림 f1e7d0, 아이보리 f3eddc, 베이지 d9c8ab, 모래 d3bd97, 갈색 6b4428, 브라운 6b4428,
    초콜릿 4a2c1d, 올리브 6d6e30, 연두 a5cc3a, 초록 3c8a4b, 녹색 3c8a4b, 그린 3c8a4b, 에메랄드 15724f, 민트 b5dcc6,
    청록 1d6d70, 하늘색 92c5e8, 하늘빛 92c5e8, 파란 2f62b5, 파랑 2f62b5, 푸른 2f62b5, 블루 2f62b5, 남색 15233f,
    네이비 15233f, 곤색 15233f, 보라 6c3a8e, 퍼플 6c3a8e, 라벤더 c0b2de, 자주 5b2a4f, 분홍 eba3b8, 핑크 eba3b8,
    하얀 f4f4f2, 하양 f4f4f2, 흰 f4f4f2, 흰색 f4f4f2, 화이트 f4f4f2, 회색 8b8d8f, 그레이 8b8d8f, 은색 b9bcc0,
    실버 b9bcc0, 차콜 2c2e31, 검은 0c0c0d, 검정 0c0c0d, 까만 0c0c0d, 블랙 0c0c0d, 테라코타 b5603f, 세이지 9aab8a,
    터키석 34b3ad
    """
)
# What a word does to a colour: "light x saturation".
SHADES: dict[str, tuple[float, float]] = {
    name: (float(value.split("x")[0]), float(value.split("x")[1]))
    for name, value in pairs(
        """
        짙은 0.5x1.15, 진한 0.55x1.15, 어두운 0.45x1, 깊은 0.5x1.15, 밝은 1.3x0.8, 연한 1.4x0.5, 옅은 1.4x0.5,
        파스텔 1.4x0.5, 부드러운 1.15x0.65, 선명한 1.1x1.3, 은은한 1.15x0.6, 차분한 0.95x0.6, 따뜻한 1x1, 깨끗한 1x1,
        단색 1x1
        """
    ).items()
}
SETS = r"(?:배경지|배경|바탕|스튜디오|벽|무대|세트|호리존)"

# Before 을/를 위한: to whom, where or when it is shown, and so no product's name.
NOT_NAMES = frozenset(
    entries(
        """
        가을, 건강, 겨울, 고객, 남성, 당신, 릴스, 모두, 미래, 봄, 부모님, 브랜드, 상품, 설날, 쇼츠, 쇼핑몰, 스토리,
        아빠, 아이, 아이들, 어린이, 엄마, 여러분, 여름, 여성, 우리, 웹, 웹사이트, 유튜브, 인스타, 인스타그램, 제품,
        추석, 크리스마스, 틱톡, 페이스북, 환경, 휴가
        """
    )
)
