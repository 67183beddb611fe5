"""The rooms: each owns its nouns, rules and tables behind one door, and knows no other room."""
