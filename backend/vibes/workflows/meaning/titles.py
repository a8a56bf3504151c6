"""What titles of graph nodes say of the texts in them, in the languages that workflows are shared in."""

import re
import unicodedata

_NEGATIVE = re.compile(r"neg|反向|反面|负|負|否定|ネガ|부정|네거티브|негатив|отрица", re.IGNORECASE)
_PROMPT = re.compile(
    r"pos|prompt|正向|正面|肯定|提示词|提示詞|描述|プロンプト|ポジ|긍정|프롬프트|промпт|позитив", re.IGNORECASE
)
_LIKELY = re.compile(
    r"subject|prompt|positive|main|scene|idea|your|user|input|describ|description|content|sujet|sujeto|assunto|soggetto"
    r"|motiv|motif|主题|主題|主体|内容|描述|提示|被写体|주제|тема|промпт",
    re.IGNORECASE,
)
_UNLIKELY = re.compile(
    r"style|quality|trigger|prefix|suffix|lora|artist|negative|tags|camera|light|append|prepend|suppl|extra|estilo|stile"
    r"|\bstil\b|qualit|calidad|qualidade|风格|風格|质量|品質|画质|畫質|スタイル|画風|품질|스타일|стиль|качеств",
    re.IGNORECASE,
)


def says_negative(title: str) -> bool:
    return _finds(_NEGATIVE, title)


def says_prompt(title: str) -> bool:
    """The positive one, where it does not say that it is the negative one."""
    return _finds(_PROMPT, title) and not says_negative(title)


def says_subject(title: str) -> bool:
    """That this is what a person describes."""
    return _finds(_LIKELY, title)


def says_manner(title: str) -> bool:
    """That this goes with what a person describes: a style, words for quality."""
    return _finds(_UNLIKELY, title)


def _finds(pattern: re.Pattern[str], title: str) -> bool:
    """Also without accents: ``négative``."""
    return bool(pattern.search(title) or pattern.search(_plain(title)))


def _plain(title: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", title) if not unicodedata.combining(each))
