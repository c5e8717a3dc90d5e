extension RouteDeclaration {
    /// Whether the route looks at `If-Match`: it changes one thing that has an ETag.
    public var heedsIfMatch: Bool {
        switch self.operation {
        case .updateCompany, .updateGame, .deleteGame, .updateMetadata, .updatePricing, .updateMedia, .deleteMedia,
            .updatePromotion, .cancelPromotion, .setChannel, .rollChannel, .rollBackChannel, .deleteChannel,
            .updatePaymentSettings, .deleteReport:
            true
        default: false
        }
    }

    /// Whether the route answers 304 to whoever has what it would give.
    public var answersUnchanged: Bool {
        switch self.operation {
        case .getCompany, .getMetadata, .getPaymentSettings, .getChannelManifest, .getReport, .getManifest,
            .getVersionManifest, .getPack, .getPatch, .readMedia, .downloadSDK, .downloadReport:
            true
        default: false
        }
    }

    /// Whether the answer is bytes of the store, whole or in part, perhaps from the store itself.
    public var servesObject: Bool {
        switch self.operation {
        case .getManifest, .getVersionManifest, .getChannelManifest, .getPack, .getPatch, .readMedia, .downloadSDK,
            .downloadReport:
            true
        default: false
        }
    }

    /// Other statuses of success than the usual one, with the same answer, and when.
    var otherSuccesses: [(status: Int, meaning: String)] {
        switch self.operation {
        case .completeUpload: [(200, "It was committed before")]
        case .recordPlayerReview: [(200, "It was taken before; what is said now counts")]
        case .updateVersion: [(202, "What was received is being processed")]
        case .publishGame: [(202, "It will be published at its time")]
        case .orderReport: [(self.status == 202 ? 200 : 202, "The same was ordered before")]
        default: []
        }
    }

    /// Every status by which the route may refuse, beside those that hold for all of HTTP.
    var errorStatuses: [Int] {
        // What a proxy or this server says of anything: cannot be read, broken, not now.
        var statuses: Set<Int> = [400, 500, 503]
        if self.access != .everybody { statuses.formUnion([401, 403]) }
        if self.path.contains("{") || self.access != .everybody { statuses.insert(404) }
        if self.isChange { statuses.insert(409) }
        if self.heedsIfMatch { statuses.insert(412) }
        if self.request != nil || self.takesBytes { statuses.formUnion([408, 411, 413, 415, 422]) }
        if self.idempotency != .ignored { statuses.formUnion([408, 413]) }
        if self.rateClass != nil || self.access != .everybody { statuses.insert(429) }
        // Queries, paths and the header that chooses a company have values that can be wrong.
        statuses.insert(422)
        if self.servesObject { statuses.insert(416) }
        switch self.operation {
        case .receivePart, .keepChunks, .receiveDocument, .completeUpload, .resizeUpload:
            statuses.formUnion([409, 410])
        case .getUpload, .signParts, .getReport, .downloadReport, .acceptInvitation, .declineInvitation:
            statuses.insert(410)
        case .exchangeToken: statuses.formUnion([401, 403])
        default: break
        }
        // What is being made cannot be read yet.
        switch self.operation {
        case .getManifest, .listFiles, .getPack, .listPatches, .getPatch, .previewUpdate, .getScanReport, .getUpload,
            .getChannelManifest, .getVersionManifest, .getGameReadiness, .downloadReport, .downloadSDK:
            statuses.insert(409)
        default: break
        }
        // What is written needs room.
        if self.isChange { statuses.insert(507) }
        return statuses.sorted()
    }
}
