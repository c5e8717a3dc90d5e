import Content
import FoundationEssentials

extension ServiceClient {
    /// Digests in one question.
    private static let chunksAtATime = 16_384
    /// Questions under way.
    private static let questions = 3

    /// Which chunks a version's upload has to hold; the others stay stored until the version has ended.
    ///
    /// - Returns: indexes into `digests`, ascending.
    func keepChunks(_ digests: [Digest], for version: VersionID, _ game: GameID) async throws -> [Int] {
        try await self.ask(digests, at: self.url(game, version, "/upload/chunks"))
    }

    /// Which chunks the service lacks now.
    ///
    /// - Returns: indexes into `digests`, ascending.
    func missingChunks(_ digests: [Digest]) async throws -> [Int] {
        try await self.ask(digests, at: self.address("/chunks/missing"))
    }

    /// Plans an upload for another size.
    func resize(_ version: VersionID, _ game: GameID, to size: Int64) async throws -> UploadDocument {
        let body = try JSONEncoder().encode(["file_size": size])
        let answer = try await self.session.send(
            HTTPRequest(.put, self.url(game, version, "/upload"), headers: Self.json, body: Array(body)))
        return try self.decode(UploadDocument.self, answer)
    }

    private func ask(_ digests: [Digest], at address: WebAddress) async throws -> [Int] {
        let starts = Array(stride(from: 0, to: digests.count, by: Self.chunksAtATime))
        let answers = try await inParallel(starts, limit: Self.questions) { start in
            let some = digests[start..<min(start + Self.chunksAtATime, digests.count)]
            let request = HTTPRequest(
                .post, address, headers: [("Content-Type", "application/octet-stream")], body: some.flatMap(\.bytes),
                patience: .seconds(120))
            let answer = try await self.session.send(request)
            let missing = try self.decode(MissingChunks.self, answer).missing
            guard zip(missing, missing.dropFirst()).allSatisfy({ $0 < $1 }),
                missing.first.map({ $0 >= 0 }) ?? true, missing.last.map({ $0 < some.count }) ?? true
            else {
                throw ClientError.unexpectedAnswer(url: address.publicText, reason: "chunks that were not asked for")
            }
            return missing.map { start + $0 }
        }
        return answers.flatMap { $0 }
    }
}

private struct MissingChunks: Decodable {
    let missing: [Int]
}
