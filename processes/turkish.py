"""Turkish letters, as the rooms import them; `accounts` holds the rules, since names of people need them first."""

from accounts.turkish import fold, sort_key, tr_lower, tr_upper

__all__ = ["fold", "sort_key", "tr_lower", "tr_upper"]
