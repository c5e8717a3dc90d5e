public import Content
import Synchronization

/// The content of one version, as the service and its store serve it.
public final class ServiceSource: FetchSource {
    private let client: ServiceClient
    private let game: GameID
    private let version: VersionID
    /// Where the service sent us for an object: asked again only when that address no longer works.
    private let redirects = Mutex<[FetchObject: WebAddress]>([:])

    public init(_ client: ServiceClient, game: GameID, version: VersionID) {
        self.client = client
        self.game = game
        self.version = version
    }

    public func manifest() async throws -> [UInt8] { try await self.client.manifest(of: self.version, self.game) }

    public func patch(from version: VersionID) async throws -> PatchOffer? {
        try await self.client.patch(from: version, to: self.version, self.game)?.size.map {
            PatchOffer(from: version, size: $0)
        }
    }

    public func read(_ range: Range<Int64>, of object: FetchObject) async throws -> [UInt8] {
        let known = self.redirects.withLock { $0[object] }
        if let known {
            // An address with a signature lives for minutes; whatever is wrong with it, the service knows a new one.
            if let bytes = try await self.read(range, at: known, object, isKnown: true) { return bytes }
            self.redirects.withLock { $0[object] = nil }
        }
        let address: WebAddress =
            switch object {
            case .pack(let digest): self.client.address(ofPack: digest, self.version, self.game)
            case .patch(let from): self.client.address(ofPatchFrom: from, to: self.version, self.game)
            }
        guard let bytes = try await self.read(range, at: address, object, isKnown: false) else {
            throw ClientError.unexpectedAnswer(url: address.publicText, reason: "no part of the object")
        }
        return bytes
    }

    /// - Returns: nil when a known address no longer works.
    private func read(
        _ range: Range<Int64>, at address: WebAddress, _ object: FetchObject, isKnown: Bool
    ) async throws -> [UInt8]? {
        let request = HTTPRequest(
            .get, address, headers: [("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")],
            answerLimit: max(range.count, 1 << 20))
        let answer = try await self.client.session.send(
            request, accepting: isKnown ? [400, 401, 403, 404, 410] : [])
        switch answer.status {
        case 206:
            guard Self.start(of: answer) == range.lowerBound else { return nil }
            if !answer.address.hasSameOrigin(as: address) {
                self.redirects.withLock { $0[object] = answer.address }
            }
            return answer.body
        case 200:
            // The whole object: right only when that is what was asked for.
            guard range.lowerBound == 0, answer.body.count == range.count else {
                throw ClientError.unexpectedAnswer(url: address.publicText, reason: "the store serves no ranges")
            }
            return answer.body
        default:
            return nil
        }
    }

    /// The first byte of a part, as `Content-Range: bytes 0-9/100` says.
    private static func start(of answer: HTTPAnswer) -> Int64? {
        guard let text = answer.header("content-range"), text.hasPrefix("bytes ") else { return nil }
        return Int64(text.dropFirst(6).prefix { $0 != "-" })
    }
}
