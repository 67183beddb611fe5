"""What each finding is called and how it is mended. A lint may say no code that is not here."""

MEND = {
    # the shape of a room
    "five-files": "write it, or wait with the room for its first row",
    "sixth-file": "move it into one of model, rules, store, verbs, or out of the room",
    "long-file": "make it a package of the same name, split by noun, its door unchanged",
    "side-door": "import the room, and what its __init__.py offers",
    # decisions are pure, counts are whole
    "async-rule": "load the facts in a verb and pass them in",
    "rule-import": "take the rows as an argument",
    "float": "use an int with its unit in the name: minor units, base units, basis points",
    "true-division": "use `//` and say where the remainder goes",
    "wall-clock": "take the time from the caller, in the end from kernel.clock",
    "chance": "take the number from the caller, in the end from kernel.ids",
    # statements
    "sql-place": "move the statement to the room's store.py, or to reads/ for a screen",
    "sql-built": "write a constant with $n parameters, or say `# sql: <why it is safe>` on it",
    # the corridor
    "scene-branch": "make it an extension point and let the scene answer it",
    "flow-arithmetic": "let the room that owns the number work it out",
    "flow-calls-flow": "make the shared steps one room's verb; make later work an event in reactions.py",
    "long-flow": "what it decides is a room's verb: move it there",
    # sentences
    "sentence-form": "begin the docstring with Quote. / Guard. / Plan. / Post.",
    "singular-verb": "take a Sequence: one item is a list of one",
    "docstring": "write the sentence its caller needs: meaning, unit, who is refused",
    # names
    "empty-name": "say what it does, in the trade's words (docs/glossary.md)",
    "glossary": "use the word of docs/glossary.md",
    # the world outside
    "network": "commit the intent, then let a job call a gateway",
    # honesty
    "bare-except": "name the errors you can do something about",
    "swallowed": "name the error, and act on it or let it through",
    "sleep": "wait for the event itself, or move the injected clock",
    "always-true": "compare with the exact value expected",
    "no-claim": "assert the exact outcome",
}
