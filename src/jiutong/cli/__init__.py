"""The `jiutong` command."""
def main() -> None:
    print("hi")
