"""Whether what was to be reached was reached."""

from work import Target

from replication.results.speed import Aim, Kind, Table

SAID = {
    "limit": "takes at most {bound:g} times the limit",
    "naive": "at least {bound:g} times as fast as the fastest naive route",
    "peer": "at least {bound:g} times as fast as the fastest peer",
    "megabytes": "at most {bound:g} MB above the network",
    "seconds": "at most {bound:g} s",
}


def aim(table: Table, target: Target) -> Aim | None:
    """What became of a target; None where a route that it needs did not run."""
    named = next((row for row in table.rows if row.route == target.route), None)
    ours = named or table.fastest("ours")
    if ours is None or (taken := table.taken(ours)) is None:
        return None
    if target.than in ("limit", "naive", "peer"):
        kind: Kind = target.than
        other = table.fastest(kind)
        if other is None:
            return None
        theirs = table.taken(other) or 0
        reached = taken / theirs if kind == "limit" else theirs / taken
    else:
        above = ours.above(table.compared)
        if target.than == "megabytes" and above is None:
            return None
        reached = taken if target.than == "seconds" else above or 0
    met = reached >= target.bound if target.than in ("naive", "peer") else reached <= target.bound
    says = SAID[target.than].format(bound=target.bound)
    whom = f"{target.route}: {says}" if target.route else says
    return Aim(
        says=whom, reached=reached, bound=target.bound, met=met, why="" if met else target.why
    )
