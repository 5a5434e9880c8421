"""`{% translate %}`, quicker than Django's: a constant text is looked up once per language.

A page says some five hundred constant texts, the labels of a list once per row. Django resolves each of them as if it
might differ; here the words are kept with the tag. The tags of the portal bring it along, so that it counts wherever
`portal` is loaded after `i18n`.
"""

from __future__ import annotations

from typing import Any

from django.template.base import FilterExpression, Parser, Token, Variable
from django.template.context import Context
from django.templatetags import i18n
from django.utils.translation import get_language


class ConstantText(i18n.TranslateNode):
    """`{% translate "Save" %}`: the same words for every reader of a language, as long as the program runs."""

    def __init__(self, asked: i18n.TranslateNode) -> None:
        super().__init__(asked.filter_expression, asked.noop, asked.asvar, asked.message_context)
        self.said: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        """The words in the language of this request."""
        language = get_language()
        said = self.said.get(language)
        if said is None:
            said = self.said[language] = super().render(context)
        return said


def translate(parser: Parser, token: Token) -> Any:
    """Django's tag; where nothing but the language decides on the words, one that keeps them."""
    node = i18n.do_translate(parser, token)
    is_kept = not node.asvar and _is_constant(node.filter_expression) and not node.message_context
    return ConstantText(node) if is_kept else node


def _is_constant(text: FilterExpression) -> bool:
    return not text.filters and isinstance(text.var, Variable) and isinstance(text.var.literal, str)
