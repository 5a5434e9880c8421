"""Turkish letters, as the rooms import them; the rules are in `accounts`, where names need them first."""

from accounts.turkish import fold, sort_key, tr_lower, tr_upper

__all__ = ["fold", "sort_key", "tr_lower", "tr_upper"]
