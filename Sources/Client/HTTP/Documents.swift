import Content

/// One page of a list.
struct PageDocument<Item: Decodable>: Decodable {
    let items: [Item]
    let nextCursor: String?

    private enum CodingKeys: String, CodingKey {
        case items
        case nextCursor = "next_cursor"
    }
}

struct GameDocument: Decodable {
    let id: GameID
    let title: String

    private enum CodingKeys: String, CodingKey {
        case title
        case id = "game_id"
    }
}

/// What reserves a version.
struct BeginUpload: Encodable {
    let versionString: String
    let fileSize: Int64
    let fileName: String
    let changelog: String?

    private enum CodingKeys: String, CodingKey {
        case changelog
        case versionString = "version_string"
        case fileSize = "file_size"
        case fileName = "file_name"
    }
}

struct SignedParts: Decodable {
    let parts: [UploadDocument.PresignedPart]
}

/// A patch that the service offers.
struct PatchDocument: Decodable {
    let from: VersionID
    let state: String
    let size: Int64?
    let digest: Digest?

    private enum CodingKeys: String, CodingKey {
        case state, size, digest
        case from = "from_version_id"
    }
}

struct KeysDocument: Decodable {
    struct Key: Decodable {
        let algorithm: String
        let publicKey: String

        private enum CodingKeys: String, CodingKey {
            case algorithm = "alg"
            case publicKey = "public_key"
        }
    }

    let keys: [Key]
}
