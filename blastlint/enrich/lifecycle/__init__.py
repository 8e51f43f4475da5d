"""What applying a change does to the things it changes, and to what hangs on them: effects, cascades, and the facts about
what goes away, is replaced, shifts, or is bound elsewhere."""
