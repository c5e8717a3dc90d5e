import Content

@testable import Client

/// A source whose bytes are changed on the way.
struct AlteringSource: FetchSource {
    let base: MemoryContent
    let alter: @Sendable (FetchObject, Range<Int64>, [UInt8]) -> [UInt8]

    init(_ base: MemoryContent, alter: @escaping @Sendable (FetchObject, Range<Int64>, [UInt8]) -> [UInt8]) {
        self.base = base
        self.alter = alter
    }

    func manifest() async throws -> [UInt8] { try await self.base.manifest() }
    func patch(from version: VersionID) async throws -> PatchOffer? { try await self.base.patch(from: version) }
    func read(_ range: Range<Int64>, of object: FetchObject) async throws -> [UInt8] {
        self.alter(object, range, try await self.base.read(range, of: object))
    }
}

/// A source that offers something else as its patch.
struct ForgingSource: FetchSource {
    let base: MemoryContent
    let bytes: [UInt8]
    /// As it is offered; nil for that of the bytes.
    let size: Int64?
    var beforeRead: @Sendable () throws -> Void = {}

    func manifest() async throws -> [UInt8] { try await self.base.manifest() }

    func patch(from version: VersionID) async throws -> PatchOffer? {
        PatchOffer(from: version, size: self.size ?? Int64(self.bytes.count))
    }

    func read(_ range: Range<Int64>, of object: FetchObject) async throws -> [UInt8] {
        guard case .patch = object else { return try await self.base.read(range, of: object) }
        try self.beforeRead()
        let end = min(range.upperBound, Int64(self.bytes.count))
        return range.lowerBound < end ? Array(self.bytes[Int(range.lowerBound)..<Int(end)]) : []
    }
}
