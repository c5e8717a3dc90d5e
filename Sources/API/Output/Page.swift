import HTTPTypes
import Hummingbird
import Storefront

/// One page of a list, and where the next one begins.
struct Page<Item> {
    let items: [Item]
    let hasMore: Bool
    let limit: Int

    /// - Parameters:
    ///   - items: what was found when one more than the limit was asked for.
    init(_ items: [Item], limit: Int) {
        self.items = Array(items.prefix(limit))
        // The stores give no more than the maximum, so a full page of it says nothing; the next one may be empty.
        self.hasMore = items.count > limit || limit == Page<Never>.maximum && items.count == limit
        self.limit = limit
    }

    /// How many to ask a store for.
    static func probe(_ limit: Int) -> Int { min(limit + 1, Page<Never>.maximum) }

    func response(
        _ request: Request, codec: CursorCodec, list: String, cursor: (Item) -> [String], json: (Item) -> JSONValue
    ) -> Response {
        var headers = HTTPFields()
        var next = JSONValue.null
        if self.hasMore, let last = self.items.last {
            let text = codec.encode(cursor(last), for: list)
            next = .string(text)
            headers[.link] = "<\(Self.target(request, cursor: text))>; rel=\"next\""
        }
        return .json(["items": .array(self.items.map(json)), "next_cursor": next], headers: headers)
    }

    /// The same list from the cursor on.
    private static func target(_ request: Request, cursor: String) -> String {
        let kept = (request.uri.query ?? "").split(separator: "&").filter { !$0.hasPrefix("cursor=") }
        return "\(request.uri.path)?\((kept + ["cursor=\(cursor)"]).joined(separator: "&"))"
    }
}

extension Page where Item == Never {
    /// The most items of a page.
    static let maximum = 200
}

extension HTTPField.Name {
    static let link = HTTPField.Name("Link") ?? .eTag
}
