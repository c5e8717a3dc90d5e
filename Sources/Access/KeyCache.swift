import Logging
import Storefront

/// The issuer's keys as they were last seen.
///
/// A known key is served from memory. An unknown one may be new: the source is asked again, but at most once in 30
/// seconds, so that made-up key names cannot be used to hammer the issuer. What was seen last stays good while the
/// source is away.
actor KeyCache {
    private let source: JWKSource
    private let clock = ContinuousClock()
    private var keys: [String: VerificationKey]?
    private var seenAt: ContinuousClock.Instant?
    private var askedAt: ContinuousClock.Instant?
    private var asking: Task<[String: VerificationKey], any Error>?

    /// A key set older than this is asked for again when a key is needed.
    private static let lifetime = Duration.seconds(300)
    private static let intervalForUnknown = Duration.seconds(30)
    /// With no keys at all, nobody is let in; worth asking more often.
    private static let intervalWithoutKeys = Duration.seconds(2)
    private static let maximumKeys = 100

    init(source: JWKSource) { self.source = source }

    /// - Returns: nil when the issuer has no such key.
    /// - Throws: ``AccessError/issuerUnavailable(reason:)`` when no keys were ever seen.
    func key(_ identifier: String) async throws(AccessError) -> VerificationKey? {
        if let keys = self.keys {
            if let key = keys[identifier], let seenAt, self.clock.now - seenAt < Self.lifetime { return key }
            guard self.mayAsk(after: Self.intervalForUnknown) else { return keys[identifier] }
        } else if !self.mayAsk(after: Self.intervalWithoutKeys) {
            throw .issuerUnavailable(reason: "the issuer's keys could not be had a moment ago")
        }
        do {
            try await self.refresh()
        } catch {
            Logger.current.warning("issuer's keys not refreshed", metadata: ["error": "\(error)"])
            if self.keys == nil { throw .issuerUnavailable(reason: "\(error)") }
        }
        return self.keys?[identifier]
    }

    /// Those who come while somebody asks already wait for that answer.
    private func mayAsk(after interval: Duration) -> Bool {
        guard self.asking == nil, let askedAt else { return true }
        return self.clock.now - askedAt >= interval
    }

    private func refresh() async throws {
        // The task belongs to this actor; it ends with the source's own timeout, and whoever came first going away
        // must not take the answer from the others.
        let task =
            self.asking
            ?? Task { [source] in try await Self.parse(try await source.fetch()) }
        if self.asking == nil { self.askedAt = self.clock.now }
        self.asking = task
        defer { self.asking = nil }
        self.keys = try await task.value
        self.seenAt = self.clock.now
    }

    private static func parse(_ bytes: [UInt8]) async throws -> [String: VerificationKey] {
        guard bytes.count <= JWKSource.maximumSize, case .object(let set) = try JSONParser.parse(bytes),
            case .array(let items)? = set["keys"]
        else { throw AccessError.issuerUnavailable(reason: "the issuer's keys are not a JSON Web Key Set") }
        var keys: [String: VerificationKey] = [:]
        for item in items.prefix(self.maximumKeys) {
            guard case .object(let jwk) = item, case .string(let identifier)? = jwk["kid"],
                let key = await VerificationKey(jwk)
            else { continue }
            keys[identifier] = key
        }
        guard !keys.isEmpty else { throw AccessError.issuerUnavailable(reason: "the issuer has no RS256 or ES256 key") }
        return keys
    }
}
