extension Failure {
    /// The same without the character NUL, which no table and no event can hold, wherever a sender's bytes brought it in.
    public var storable: Failure {
        var failure = self
        failure.message = Self.storable(self.message)
        failure.hint = self.hint.map(Self.storable)
        failure.path = self.path.map(Self.storable)
        failure.expected = self.expected.map(Self.storable)
        failure.actual = self.actual.map(Self.storable)
        failure.problems = self.problems?.map {
            Problem(code: $0.code, path: $0.path.map(Self.storable), message: Self.storable($0.message))
        }
        return failure
    }

    private static func storable(_ text: String) -> String {
        guard text.utf8.contains(0) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }
}
