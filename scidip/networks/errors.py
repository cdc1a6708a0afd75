"""The one kind of error that this package raises about a reader's data."""


class NetworkError(ValueError):
    """A table or a request that cannot be analysed; the message says what to mend.

    `problems` holds one sentence for each thing found; `str(error)` joins them.
    """

    def __init__(self, problems):
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))
