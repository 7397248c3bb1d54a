"""Saying figures beside their limits, and whether these are met."""


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


class Met:
    """Lines of figures. `code` is an exit code: 1 once a limit was not met."""

    def __init__(self):
        self.code = 0

    def said(self, name, times, **limits):
        """Print percentiles of times in milliseconds; `limits` are by percentile (`p50=20`)."""
        found = {f"p{int(share * 100)}": percentile(times, share) for share in (0.5, 0.99)}
        words = ", ".join(f"{which} {spent:6.1f}" for which, spent in found.items())
        said = [f"{which} {limit} ms: {self.judged(found[which], limit)}" for which, limit in limits.items()]
        print(f"  {name:<46} {words} ms of {len(times)}" + (f"; limits {', '.join(said)}" if said else ""), flush=True)

    def judged(self, found, limit):
        """Whether a figure is within its limit, in words."""
        self.code |= found > limit
        return "met" if found <= limit else "NOT MET"
