import Content
import Postgres
import Storefront

extension QueryFields {
    /// Where a list goes on that is ordered by a moment.
    ///
    /// - Parameter read: makes the identifier of its text.
    mutating func position<ID>(
        _ codec: CursorCodec, for list: String, _ read: (String) -> ID?
    ) -> ListPosition<ID>? {
        guard let fields = self.cursor(codec, for: list, fields: 2) else { return nil }
        // What we signed ourselves can be read.
        guard let microseconds = Int64(fields[0]), let id = read(fields[1]) else {
            self.fail("cursor", "format", "must be a next_cursor of this list")
            return nil
        }
        return ListPosition(microseconds: microseconds, id: id)
    }
}

extension ListPosition where ID: CustomStringConvertible {
    /// For a cursor.
    var fields: [String] { ["\(self.microseconds)", "\(self.id)"] }
}
