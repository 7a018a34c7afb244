"""Advice: cards of how to protect a home. Tips on screens; *tips* also means a tip-off, so code says advice."""

from grannsamverkan.domain.advice.cards import LANGUAGES, Card, CardDwelling, CardTexts, Effort, Season, Topic
from grannsamverkan.domain.advice.catalogue import Source, shipped, sources

__all__ = [
    "LANGUAGES",
    "Card",
    "CardDwelling",
    "CardTexts",
    "Effort",
    "Season",
    "Source",
    "Topic",
    "shipped",
    "sources",
]
