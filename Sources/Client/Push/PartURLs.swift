import Content

/// The presigned addresses of an upload's parts: signed late, in batches, and again when they have run out.
actor PartURLs {
    private static let batch = 16

    private let client: ServiceClient
    private let version: VersionID
    private let game: GameID
    private let partCount: Int
    private let streamURLTemplate: String?
    /// Whether the store signs nothing, so that parts go through the service.
    private var signsNothing = false
    private var known: [Int: UploadDocument.PresignedPart] = [:]

    init(_ upload: UploadDocument, _ version: VersionID, _ game: GameID, client: ServiceClient) {
        self.client = client
        self.version = version
        self.game = game
        self.partCount = upload.partCount
        self.streamURLTemplate = upload.streamURLTemplate
        for part in upload.parts { self.known[part.number] = part }
    }

    func address(of number: Int) async throws -> UploadDocument.PresignedPart {
        if let part = self.known[number] { return part }
        if !self.signsNothing { try await self.sign(from: number) }
        if let part = self.known[number] { return part }
        guard self.signsNothing, let template = self.streamURLTemplate,
            let mark = template.firstRange(of: "{part_number}")
        else { throw ClientError.unexpectedAnswer(url: "upload/parts", reason: "part \(number) was not signed") }
        let url = template[..<mark.lowerBound] + "\(number)" + template[mark.upperBound...]
        return UploadDocument.PresignedPart(number: number, throughServiceAt: String(url))
    }

    private func sign(from number: Int) async throws {
        let numbers = Array(number...min(number + Self.batch - 1, self.partCount))
        do {
            for part in try await self.client.sign(parts: numbers, of: self.version, self.game) {
                self.known[part.number] = part
            }
        } catch ClientError.refused(let problem) where problem.code == "signing-unsupported" {
            self.signsNothing = true
        }
    }

    /// Forgets an address that was refused, and those that were signed with it or before.
    func forget(_ number: Int) {
        self.known = self.known.filter { $0.key > number + Self.batch }
    }
}
