"""`exposure` facts: what can be reached from more of the network than before.

Firewall rules are compared over the whole change set, group by group, as the set of (ports, addresses) that they open
together, and published ports one by one (opened.py). Switches that put a thing on the internet are guards (switches.py).
"""
