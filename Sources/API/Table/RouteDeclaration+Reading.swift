extension RouteDeclaration {
    /// Whether the route asks the database a few things and waits for nothing else: no other service, no store, no
    /// transaction, nobody's next step. It then does all of it on one connection's thread.
    var readsPlainly: Bool {
        switch self.operation {
        case .listCompanies, .getCompany, .listInvitations, .listDocuments, .getDocument, .listGames, .getGame,
            .listVersions,
            .getMetadata, .listMedia, .getMedia, .getPricing, .listPriceHistory, .listRegions, .listPromotions,
            .getPromotion, .listPublications, .listReviews, .getGameReadiness, .listChannels, .getChannel,
            .listChannelHistory, .listKeys, .getKey, .listTrusts, .listNotifications, .getNotificationPreferences,
            .listSDK, .getSDK, .listWebhooks, .getWebhook, .listDeliveries, .getBalance, .listTransactions,
            .listPayouts,
            .getPayout, .getReport, .listFiles, .listPatches, .getScanReport:
            true
        case .getVersion, .getJob, .listJobs:
            // Only where they do not wait: see ``Endpoint``.
            true
        default: false
        }
    }
}
