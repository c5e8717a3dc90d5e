/// Rows under headings, in columns as wide as they need.
public struct TextTable: Sendable {
    /// On which side of its column a cell stands.
    public enum Alignment: Sendable {
        case left, right
    }

    private let headings: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    public init(_ headings: [(title: String, alignment: Alignment)]) { self.headings = headings }

    public var isEmpty: Bool { self.rows.isEmpty }

    /// - Parameter row: as many cells as there are headings.
    public mutating func add(_ row: [String]) {
        precondition(row.count == self.headings.count, "a cell for each heading")
        self.rows.append(row)
    }

    /// The headings, then the rows; the last column is as long as it likes.
    public func lines() -> [String] {
        let all = [self.headings.map(\.title)] + self.rows
        let widths = self.headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                switch self.headings[column].alignment {
                case .left: line += cell + padding
                case .right: line += padding + cell
                }
                if column < row.count - 1 { line += "  " }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    public var text: String { self.lines().joined(separator: "\n") }
}
