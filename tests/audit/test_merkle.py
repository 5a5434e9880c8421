"""The tree against the published test vectors of RFC 6962 (certificate-transparency's own)."""

from __future__ import annotations

import pytest

from audit.merkle import EMPTY, Frontier, leaf_hash, node_hash

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def naive(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, word by word."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(naive(leaves[:half]), naive(leaves[half:]))


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_published_vectors(size: int) -> None:
    tree = Frontier()
    tree.extend(leaf_hash(text) for text in LEAVES[:size])
    assert tree.root().hex() == ROOTS[size - 1]


@pytest.mark.parametrize("size", [0, 9, 31, 32, 33, 100])
def test_roots_follow_the_definition(size: int) -> None:
    leaves = [leaf_hash(str(number).encode()) for number in range(size)]
    tree = Frontier()
    tree.extend(leaves)
    assert tree.root() == naive(leaves)


@pytest.mark.parametrize("cut", range(13))
def test_a_tree_goes_on_from_its_frontier(cut: int) -> None:
    leaves = [leaf_hash(str(number).encode()) for number in range(13)]
    first, whole = Frontier(), Frontier()
    first.extend(leaves[:cut])
    resumed = Frontier(first.size, first.packed())
    resumed.extend(leaves[cut:])
    whole.extend(leaves)
    assert (resumed.size, resumed.root()) == (whole.size, whole.root())


def test_a_frontier_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="2 full subtrees"):
        Frontier(3, b"\0" * 32)
