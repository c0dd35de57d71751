"""What suppliers may not read before an award: ways around the platform, and who asks when the demand is anonymous."""

import re

MASK = "▇▇▇"
_MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_LINK = r"(?:https?://|www\.)\S+"
_PHONE = r"(?<![\d.])(?:\+?86[-\s]?)?1[3-9]\d(?:[-\s]?\d{4}){2}(?!\d)"
_LANDLINE = r"(?<![\d.])0\d{2,3}[-\s]\d{7,8}(?!\d)"
_ACCOUNT = r"(?:微信号?|wechat|weixin|vx|QQ)\s*(?:号|id)?\s*[:：]?\s*[A-Za-z0-9][\w-]{4,19}"
_CONTACTS = re.compile(f"{_MAIL}|{_LINK}|{_ACCOUNT}|{_LANDLINE}|{_PHONE}", re.IGNORECASE)


def mask_contacts(text: str) -> str:
    """The text with mail addresses, telephone numbers, links and messenger accounts blacked out."""
    return _CONTACTS.sub(MASK, text)


def holds_contacts(text: str) -> bool:
    return _CONTACTS.search(text) is not None
