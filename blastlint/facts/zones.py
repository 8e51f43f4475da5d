"""The availability zones of AWS's regions, as the names that a new account sees there.

By the list of regions in the documentation of AWS ("AWS Regions and Availability Zones"). us-west-1 and cn-north-1 are
not in it: which of their zones an account sees depends on the account.
"""

from __future__ import annotations

_THREE = (
    "af-south-1 ap-east-1 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 "
    "ap-southeast-5 ap-southeast-7 ca-west-1 cn-northwest-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 "
    "eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-2 us-gov-east-1 "
    "us-gov-west-1"
)
_OTHERS = {
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ca-central-1": "abd",
    "us-east-1": "abcdef",
    "us-west-2": "abcd",
}


def availability_zones(region: str) -> tuple[str, ...]:
    """Their names in order; none of a region whose zones are not the same for everybody."""
    letters = _OTHERS.get(region) or ("abc" if region in _THREE.split() else "")
    return tuple(f"{region}{letter}" for letter in letters)
