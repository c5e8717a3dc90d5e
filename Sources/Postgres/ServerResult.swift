import CLibPQ
import Glibc

/// Owns one answer of the server.
///
/// `@unchecked Sendable`: libpq never changes a result after it has handed it over, and reading one is thread-safe.
@safe final class ServerResult: @unchecked Sendable {
    private let handle: OpaquePointer

    /// - Parameter handle: owned from now on.
    init(_ handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe PQclear(self.handle) }

    var status: ExecStatusType { unsafe PQresultStatus(self.handle) }
    var rowCount: Int { unsafe Int(PQntuples(self.handle)) }
    var columnCount: Int { unsafe Int(PQnfields(self.handle)) }

    /// The command that ran, `COMMIT` or `INSERT 0 1`.
    var commandTag: String { unsafe String(cString: PQcmdStatus(self.handle)) }

    /// Rows inserted, changed, deleted or returned.
    var affectedRows: Int { unsafe Int(String(cString: PQcmdTuples(self.handle))) ?? 0 }

    /// - Returns: nil when no column has this name; the first of several.
    func column(named name: String) -> Int? {
        let count = unsafe PQnfields(self.handle)
        for index in 0..<count {
            guard let candidate = unsafe PQfname(self.handle, index) else { continue }
            if unsafe strcmp(candidate, name) == 0 { return Int(index) }
        }
        return nil
    }

    var columnNames: [String] {
        let count = unsafe PQnfields(self.handle)
        return (0..<count).map { unsafe String(cString: PQfname(self.handle, $0)) }
    }

    /// - Returns: nil for NULL.
    func text(row: Int, column: Int) -> String? {
        let (row, column) = (Int32(row), Int32(column))
        guard unsafe PQgetisnull(self.handle, row, column) == 0,
            let start = unsafe PQgetvalue(self.handle, row, column)
        else { return nil }
        let length = unsafe Int(PQgetlength(self.handle, row, column))
        return unsafe String(
            decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
    }

    func isNull(row: Int, column: Int) -> Bool {
        unsafe PQgetisnull(self.handle, Int32(row), Int32(column)) != 0
    }

    /// What stands where a whole number is asked for.
    enum Integer {
        case null
        case number(Int64)
        case other
    }

    func integer(row: Int, column: Int) -> Integer {
        let (row, column) = (Int32(row), Int32(column))
        guard unsafe PQgetisnull(self.handle, row, column) == 0,
            let start = unsafe PQgetvalue(self.handle, row, column)
        else { return .null }
        let length = unsafe Int(PQgetlength(self.handle, row, column))
        let text = unsafe UnsafeRawBufferPointer(start: start, count: length)
        var (magnitude, place): (UInt64, Int) = (0, 0)
        let isNegative = unsafe length > 0 && text[0] == UInt8(ascii: "-")
        if isNegative { place = 1 }
        // Eighteen digits fit for certain; the rest goes the long way.
        guard place < length, length - place <= 18 else {
            return unsafe Int64(String(decoding: text, as: UTF8.self)).map(Integer.number) ?? .other
        }
        while place < length {
            let digit = unsafe text[place] &- UInt8(ascii: "0")
            guard digit < 10 else { return .other }
            magnitude = magnitude &* 10 &+ UInt64(digit)
            place += 1
        }
        let number = Int64(magnitude)
        return .number(isNegative ? -number : number)
    }

    /// The error this answer is, if it is one.
    var fault: ServerFault? {
        switch self.status {
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE, PGRES_NONFATAL_ERROR: break
        default: return nil
        }
        let summary = unsafe String(cString: PQresultErrorMessage(self.handle))
        return ServerFault(
            sqlState: SQLState(rawValue: self.field("C") ?? ""), message: self.field("M") ?? summary.trimmed,
            detail: self.field("D"), hint: self.field("H"), constraint: self.field("n"), table: self.field("t"),
            column: self.field("c"), routine: self.field("R"))
    }

    /// One field of an error (PostgreSQL manual, section 55.8).
    private func field(_ code: Unicode.Scalar) -> String? {
        guard let text = unsafe PQresultErrorField(self.handle, Int32(code.value)) else { return nil }
        return unsafe String(cString: text)
    }
}

extension String {
    /// Without the line end that libpq's messages carry.
    var trimmed: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
