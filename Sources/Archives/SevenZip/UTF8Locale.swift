import Glibc

/// Lets libarchive take names for UTF-8, on the calling thread and only while it works.
///
/// In the "C" locale, which a program starts with, it would fail on every name that is not ASCII.
enum UTF8Locale {
    /// Never changed and never freed, so any thread may use it.
    @safe private struct Handle: @unchecked Sendable {
        let locale: locale_t?
    }

    private static let handle = unsafe Handle(locale: newlocale(LC_CTYPE_MASK, "C.UTF-8", nil))

    static func run<Result>(_ body: () throws(ArchiveError) -> Result) throws(ArchiveError) -> Result {
        guard let locale = unsafe self.handle.locale else { return try body() }
        let before = unsafe uselocale(locale)
        defer { _ = unsafe uselocale(before) }
        return try body()
    }
}
